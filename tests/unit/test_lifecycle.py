"""How the daemon is told to end."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from visaged.lifecycle import Change, Ending, EndingError, Lifecycle


def never() -> None:
    raise AssertionError


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
    lifecycle.begin()
    with lifecycle.signals():
        threading.Timer(0.05, os.kill, [os.getpid(), number]).start()
        assert lifecycle.wait(10) == Ending(f"received {number.name}", is_order=True)


def test_signals_in_a_burst_are_no_trouble():
    lifecycle = Lifecycle()
    lifecycle.begin()
    with lifecycle.signals():
        for _ in range(50):
            os.kill(os.getpid(), signal.SIGTERM)
        assert lifecycle.wait(10) == Ending("received SIGTERM", is_order=True)


def test_the_end_comes_before_changes_that_were_asked_for_earlier():
    lifecycle = Lifecycle()
    lifecycle.change(never)
    assert not lifecycle.is_ending
    lifecycle.end("enough")
    assert lifecycle.is_ending
    assert lifecycle.wait(5) == Ending("enough")


def test_many_hang_ups_ask_for_one_reload_and_one_more_that_comes_later_for_another():
    lifecycle = Lifecycle()
    with lifecycle.signals(never):
        for _ in range(50):
            os.kill(os.getpid(), signal.SIGHUP)
        assert lifecycle.wait(5) == Change(never)
        assert lifecycle.wait(0) is None
        os.kill(os.getpid(), signal.SIGHUP)
        assert lifecycle.wait(5) == Change(never)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_before_there_is_anything_to_end_a_signal_ends_the_process_as_asked(name):
    program = f"""
import signal, time
from visaged.lifecycle import Lifecycle
with Lifecycle().signals():
    signal.raise_signal(signal.{name})
    time.sleep(60)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=30).returncode == 0


def test_afterwards_signals_do_what_they_did_before():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with pytest.raises(ValueError, match="inside"), Lifecycle().signals():
        assert signal.getsignal(signal.SIGTERM) != before[0]
        raise ValueError("inside")
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_what_is_prepared_is_given_or_what_it_raises():
    lifecycle = Lifecycle()
    assert lifecycle.prepare(threading.current_thread).name == "prepare"
    with pytest.raises(AssertionError):
        lifecycle.prepare(never)


def test_the_end_comes_before_what_is_prepared():
    lifecycle = Lifecycle()
    threading.Timer(0.05, lifecycle.end, ["received SIGTERM"]).start()
    release = threading.Event()
    with pytest.raises(EndingError):
        lifecycle.prepare(lambda: release.wait(30))
    release.set()
    assert lifecycle.wait(0) == Ending("received SIGTERM")
    lifecycle.go_on()


def test_a_change_that_is_put_back_is_next_if_life_goes_on():
    lifecycle = Lifecycle()
    lifecycle.end("the pipeline thread died")
    lifecycle.put_back(change := Change(never))
    assert [lifecycle.wait(0), lifecycle.wait(0)] == [Ending("the pipeline thread died"), change]
