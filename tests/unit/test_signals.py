"""Signals that wait for a piece of work."""

import os
import signal
import threading

import pytest

from visaged.signals import SIGNALS, held_signals


class EndedError(Exception):
    pass


@pytest.fixture
def ended():
    """The signals that were handled; each handler raises EndedError."""
    numbers = []

    def handler(number, _):
        numbers.append(number)
        raise EndedError

    before = {number: signal.signal(number, handler) for number in SIGNALS}
    yield numbers
    for number, was in before.items():
        signal.signal(number, was)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_takes_effect_when_the_work_is_done(ended, number):
    done = False
    with pytest.raises(EndedError), held_signals():
        os.kill(os.getpid(), number)
        done = not ended
    assert done and ended == [number]


def test_only_the_first_of_several_takes_effect(ended):
    with pytest.raises(EndedError), held_signals():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    assert ended == [signal.SIGTERM]


def test_a_signal_that_another_thread_takes_waits_too(ended):
    with pytest.raises(EndedError), held_signals():
        other = threading.Thread(target=signal.raise_signal, args=[signal.SIGTERM])
        other.start()
        other.join()
        assert ended == []
    assert ended == [signal.SIGTERM]


def test_what_was_ignored_stays_ignored(ended):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with held_signals():
        signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN and ended == []


def test_the_handlers_are_back_after_a_failure(ended):
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(KeyError), held_signals():
        raise KeyError
    assert [signal.getsignal(number) for number in SIGNALS] == before
