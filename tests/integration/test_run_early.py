"""``visaged run`` that is told to end, or to read its configuration, while it is still being loaded."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from made.mosquitto import free_port
from made.waiting import eventually

LATER_S = 0.0, 0.2, 0.4
"""After the first line of the program: somewhere before the first wait for a camera."""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """``start(*words)``: a running ``visaged``."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "visaged", *words]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for one in started:
        one.kill()
        one.communicate()


@pytest.fixture
def loading(start: Start) -> subprocess.Popen[str]:
    """A daemon that has just come to heed signals."""
    one = start("run", "--source", "0", "--set", f"mqtt.port={free_port()}")
    assert eventually(lambda: has_begun(one))
    return one


def has_begun(one: subprocess.Popen[str]) -> bool:
    """Whether it ignores SIGHUP, which it does at first, when it heeds what tells it to end."""
    ignored = Path(f"/proc/{one.pid}/status").read_text().partition("SigIgn:")[2].split()[0]
    return bool(int(ignored, 16) >> (signal.SIGHUP - 1) & 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("after_s", LATER_S)
def test_told_to_end_it_ends_as_asked(number: signal.Signals, after_s: float, loading: subprocess.Popen[str]) -> None:
    time.sleep(after_s)
    loading.send_signal(number)
    said = loading.communicate(timeout=30)[1]
    assert loading.returncode == 0, said
    assert "Traceback" not in said


@pytest.mark.parametrize("after_s", LATER_S)
def test_told_to_reload_it_goes_on(after_s: float, loading: subprocess.Popen[str]) -> None:
    time.sleep(after_s)
    loading.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        loading.wait(1)
    loading.terminate()
    assert loading.wait(30) == 0


def test_another_command_that_is_interrupted_shows_no_traceback(start: Start) -> None:
    one = start("watch", "--host", "127.0.0.1", "--port", "9")
    assert eventually(lambda: "msgspec" in Path(f"/proc/{one.pid}/maps").read_text())
    one.send_signal(signal.SIGINT)
    assert "Traceback" not in one.communicate(timeout=30)[1]
