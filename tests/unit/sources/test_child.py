"""Real processes that are slow, silent, talkative or deaf."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from made.waiting import eventually, is_running
from visaged.sources.base import SourceLostError
from visaged.sources.child import Child, EndedError, SilentError
from visaged.sources.fork_server import Forked, end_idle

Start = Callable[..., Child]


def program(*command: str) -> Forked:
    return Forked("visaged.sources.program", {"command": command})


@pytest.fixture
def start() -> Iterator[Start]:
    children: list[Child] = []

    def make(script: str) -> Child:
        children.append(Child(program(sys.executable, "-I", "-S", "-c", script)))
        return children[-1]

    yield make
    for child in children:
        child.end()


def read(child: Child, size: int, within_s: float = 20.0) -> bytes:
    room = bytearray(size)
    child.fill(memoryview(room), time.monotonic() + within_s)
    return bytes(room)


def test_what_comes_in_pieces_is_read_as_a_whole(start: Start) -> None:
    script = "import os, time\nfor piece in b'ab', b'c', b'def': os.write(1, piece); time.sleep(.05)"
    child = start(script)
    assert (read(child, 4), read(child, 2)) == (b"abcd", b"ef")
    with pytest.raises(EndedError):
        read(child, 1)


def test_its_last_words_are_kept(start: Start) -> None:
    child = start("import sys; sys.exit('x' * 9999 + 'the end')")
    with pytest.raises(EndedError):
        read(child, 1)
    assert child.last_words().endswith("xthe end")
    assert len(child.last_words()) <= 4096


def test_silence_ends_with_the_deadline(start: Start) -> None:
    child = start("import time; time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(SilentError):
        read(child, 1, within_s=0.3)
    assert 0.3 <= time.monotonic() - began < 3


def test_talk_is_no_output_and_never_fills_a_pipe(start: Start) -> None:
    child = start("import os\nwhile True: os.write(2, b'blah ' * 1000)")
    with pytest.raises(SilentError):
        read(child, 1, within_s=1.0)


def test_what_would_wait_is_interrupted_by_another_thread(start: Start) -> None:
    child = start("import time; time.sleep(60)")
    child.interrupt()
    with pytest.raises(EndedError):
        read(child, 1)


def test_one_that_is_deaf_and_all_that_it_has_started_are_killed(start: Start) -> None:
    child = start(
        "import os, signal, struct, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "grandchild = os.fork()\n"
        "if grandchild: os.write(1, struct.pack('<ii', os.getpid(), grandchild))\n"
        "time.sleep(60)"
    )
    numbers = read(child, 8)
    pids = [int.from_bytes(numbers[at : at + 4], "little") for at in (0, 4)]
    assert all(map(is_running, pids))
    child.end()
    child.end()
    assert eventually(lambda: not any(map(is_running, pids)), 3)


def test_a_program_that_cannot_be_started_says_why() -> None:
    child = Child(program("/nowhere/at/all"))
    with pytest.raises(EndedError):
        read(child, 1)
    assert child.last_words() == "/nowhere/at/all cannot be started: No such file or directory"
    child.end()


def test_a_system_that_starts_no_more_processes_is_a_camera_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/at/all")
    end_idle()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(SourceLostError, match="no process can be started to read the camera: No such file") as caught:
        program("anything")
    assert caught.value.trouble.fault == "refused"
    assert len(list(Path("/proc/self/fd").iterdir())) == before
