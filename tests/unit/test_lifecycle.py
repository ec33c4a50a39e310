"""How the daemon is told to end."""

import os
import signal
import threading
import time

import pytest

from visaged.lifecycle import Ending, Lifecycle


def test_the_first_reason_counts():
    lifecycle = Lifecycle()
    error = ValueError("second")
    lifecycle.end("first")
    lifecycle.end("second", error)
    assert lifecycle.wait(5) == Ending("first", None)


def test_without_a_reason_waiting_ends_with_its_timeout():
    started = time.monotonic()
    assert Lifecycle().wait(0.05) is None
    assert 0.04 < time.monotonic() - started < 5


def test_a_reason_from_another_thread_wakes_who_waits():
    lifecycle = Lifecycle()
    threading.Timer(0.05, lifecycle.end, ["the source has ended"]).start()
    assert lifecycle.wait(10) == Ending("the source has ended")


@pytest.mark.parametrize("error", [RuntimeError("no"), SystemExit(3), KeyboardInterrupt()])
def test_a_thread_that_dies_ends_the_daemon_with_what_it_died_of(error):
    lifecycle = Lifecycle()

    def die():
        raise error

    thread = lifecycle.thread("pipeline", die)
    assert lifecycle.wait(10) == Ending("the pipeline thread died", error)
    assert thread.name == "pipeline"
    assert thread.daemon


def test_a_thread_that_has_done_its_work_ends_nothing():
    lifecycle = Lifecycle()
    done = []
    lifecycle.thread("worker", lambda: done.append(1)).join(10)
    assert done == [1]
    assert lifecycle.wait(0) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_wakes_the_main_thread(number):
    lifecycle = Lifecycle()
    with lifecycle.signals():
        threading.Timer(0.05, os.kill, [os.getpid(), number]).start()
        assert lifecycle.wait(10) == Ending(f"received {number.name}")


def test_signals_in_a_burst_are_no_trouble():
    lifecycle = Lifecycle()
    with lifecycle.signals():
        for _ in range(50):
            os.kill(os.getpid(), signal.SIGTERM)
        assert lifecycle.wait(10) == Ending("received SIGTERM")


def test_afterwards_signals_do_what_they_did_before():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with pytest.raises(ValueError, match="inside"), Lifecycle().signals():
        assert signal.getsignal(signal.SIGTERM) != before[0]
        raise ValueError("inside")
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
