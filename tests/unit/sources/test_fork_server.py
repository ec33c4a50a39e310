"""Real fork servers, whose workers do what a small module tells them to."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from made.waiting import PATIENCE, eventually, is_running
from visaged.sources import forking
from visaged.sources.child import Child, EndedError
from visaged.sources.fork_server import Forked, end_idle
from visaged.sources.forking import GRACE_S, KILLED_S
from visaged.sources.packets import LABEL_SIZE
from visaged.sources.reader import understood

MODULE = """
import os, struct, sys, time
from visaged.sources.faults import ReaderError
from visaged.sources.packets import Label, Packet
from visaged.sources.reader import serve

def pictures(job):
    data = struct.pack("<ii", os.getpid(), os.getppid())
    yield Packet(Label("GREY", 8, 1, 8, len(data), 0, 0.0, 0.0), data)
    os.write(1, b"no picture")
    if job["does"] == "work":
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
    if job["does"] == "break":
        raise RuntimeError(job["words"])
    if job["does"] == "end":
        raise ReaderError("ended", job["words"])
    time.sleep(600)

serve(pictures)
"""

PTRACE_SEIZE = 0x4206
WALL = 0x40000000

Start = Callable[..., Child]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a reader that ``does`` so: ``work``, ``break``, ``end``, ``hang``."""
    (tmp_path / "made_reader.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    children: list[Child] = []

    def make(does: str, words: str = "") -> Child:
        children.append(Child(Forked("made_reader", {"does": does, "words": words})))
        return children[-1]

    yield make
    for child in children:
        child.end()
    end_idle()


def read(child: Child, size: int) -> bytes:
    room = bytearray(size)
    child.fill(memoryview(room), time.monotonic() + 20 * PATIENCE)
    return bytes(room)


def pids(child: Child) -> tuple[int, int]:
    """Of the reader and of its server, which are its picture."""
    read(child, LABEL_SIZE)
    data = read(child, 8)
    return int.from_bytes(data[:4], "little"), int.from_bytes(data[4:], "little")


def ended(child: Child) -> str:
    """Its last words."""
    with pytest.raises(EndedError):
        read(child, 1)
    return child.last_words()


def test_one_reader_after_the_other_comes_from_the_same_server(start: Start) -> None:
    first = start("hang")
    worker, server = pids(first)
    first.end()
    assert not is_running(worker) and is_running(server)
    assert pids(start("hang"))[1] == server


def test_two_at_once_have_a_server_each(start: Start) -> None:
    assert pids(start("hang"))[1] != pids(start("hang"))[1]


def test_why_there_are_no_more_pictures_is_told_and_what_is_printed_is_no_picture(start: Start) -> None:
    child = start("end", "the film is over")
    pids(child)
    words = ended(child)
    trouble = understood("the camera", words)
    assert (trouble.fault, trouble.reason) == ("ended", "the film is over") and "no picture" in words


def test_one_that_breaks_says_of_what_and_the_next_is_none_the_worse(start: Start) -> None:
    child = start("break", "a bolt came loose")
    pids(child)
    assert understood("the camera", ended(child)).reason.endswith("has died: RuntimeError: a bolt came loose")
    child.end()
    pids(start("hang"))


def test_a_server_that_cannot_even_start_says_why(tmp_path: Path, start: Start) -> None:
    (tmp_path / "made_reader.py").write_text("import nothing_of_the_kind")
    child = start("hang")
    assert "No module named 'nothing_of_the_kind'" in ended(child)
    child.end()
    assert child.spent_s > 0.005
    (tmp_path / "made_reader.py").write_text(MODULE)
    pids(start("hang"))


def test_one_that_was_killed_is_replaced(start: Start) -> None:
    child = start("hang")
    worker, server = pids(child)
    os.kill(server, signal.SIGKILL)
    ended(child)
    assert eventually(lambda: not is_running(worker), 3)
    child.end()
    idle = start("hang")
    _, second = pids(idle)
    idle.end()
    os.kill(second, signal.SIGKILL)
    assert eventually(lambda: not is_running(second), 3)
    assert pids(start("hang"))[1] not in (server, second)


def test_what_a_reader_took_is_told_when_it_is_ended(start: Start) -> None:
    child = start("work")
    pids(child)
    time.sleep(0.5 * PATIENCE)
    assert child.spent_s == 0.0
    child.end()
    assert 0.1 <= child.spent_s <= 1.0 * PATIENCE


def test_workers_can_be_ended_where_nobody_may_wait_for_children(start: Start) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        child = start("hang")
        worker, server = pids(child)
        child.end()
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert not is_running(worker) and is_running(server)


@pytest.mark.real_machine
def test_one_that_the_kernel_holds_is_not_waited_for_but_taken_off_the_process_table_later(start: Start) -> None:
    child = start("hang")
    worker, server = pids(child)
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.ptrace(PTRACE_SEIZE, worker, None, None) == 0, os.strerror(ctypes.get_errno())  # which hides its end
    began = time.monotonic()
    child.end()
    assert GRACE_S + KILLED_S <= time.monotonic() - began < 3 and child.spent_s < 0.1
    os.waitpid(worker, WALL)
    assert pids(start("hang"))[1] == server
    assert not Path(f"/proc/{worker}").exists()


def test_servers_that_are_not_in_use_are_ended_when_told_to(start: Start) -> None:
    used, idle = start("hang"), start("hang")
    servers = [pids(child)[1] for child in (used, idle)]
    idle.end()
    end_idle()
    assert [is_running(server) for server in servers] == [True, False]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_who_started_it(start: Start, how: signal.Signals) -> None:
    script = (
        "import os, sys, time\n"
        "from visaged.sources.fork_server import Forked\n"
        "one = Forked('made_reader', {'does': 'hang', 'words': ''})\n"
        f"data = b''\nwhile len(data) < {LABEL_SIZE + 8} and (more := os.read(one.out, 99)): data += more\n"
        "os.write(1, data)\ntime.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout
        data = process.stdout.read(LABEL_SIZE + 8)[LABEL_SIZE:]
        numbers = [int.from_bytes(data[at : at + 4], "little") for at in (0, 4)]
        assert all(map(is_running, numbers))
        process.send_signal(how)
    assert eventually(lambda: not any(map(is_running, numbers)), 3)


def test_a_system_that_forks_no_more_is_a_camera_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left() -> Any:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", none_left)
    out, err = os.pipe()
    assert forking._forked(lambda job: None, b"{}", err, err) is None
    trouble = understood("the camera", os.read(out, 999).decode())
    os.close(out)
    os.close(err)
    assert trouble.fault == "refused"
    assert trouble.reason == "no process can be started to read the camera: Resource temporarily unavailable"
