"""How the daemon learns that it is time to end."""

from __future__ import annotations

import os
import signal

import pytest

from visaged.lifecycle import Ending, Lifecycle


def test_there_is_no_reason_to_end_at_first() -> None:
    assert Lifecycle().wait(0.01) is None


def test_the_first_reason_counts() -> None:
    lifecycle = Lifecycle()
    lifecycle.end("first")
    lifecycle.end("second")
    assert lifecycle.wait(0) == Ending("first", None)


def test_a_thread_that_dies_is_a_reason_with_what_it_died_of() -> None:
    error = ValueError("no")

    def die() -> None:
        raise error

    lifecycle = Lifecycle()
    lifecycle.thread("camera", die)
    assert lifecycle.wait(5) == Ending("the camera thread died", error)


def test_a_thread_that_returns_is_none() -> None:
    lifecycle = Lifecycle()
    lifecycle.thread("camera", lambda: None).join(5)
    assert lifecycle.wait(0.01) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_a_reason_and_afterwards_means_what_it_meant_before(number: signal.Signals) -> None:
    lifecycle, before = Lifecycle(), signal.getsignal(number)
    with lifecycle.signals():
        os.kill(os.getpid(), number)
        assert lifecycle.wait(5) == Ending(f"received {number.name}", None)
    assert signal.getsignal(number) is before
