"""Stops one thread of another process, as a driver that never answers would, and lets the others run.

``python stalled_thread.py PID NAME SECONDS`` holds the thread for that long, or until the process ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
ALL_CHILDREN = 0x40000000  # __WALL of waitpid(2)


class NoStallError(Exception):
    """The thread was never caught outside of Python's lock, with which it would stop all others."""


@contextmanager
def stalled_thread(pid: int, name: str) -> Iterator[int]:
    """Inside, the thread ``name`` of the process ``pid`` stands still, while its main thread goes on; gives its id."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    # The first, for threads that a library starts inherit the name.
    thread = min(int(task.name) for task in tasks if (task / "comm").read_text().strip() == name)
    for _ in range(50):
        _ptrace(SEIZE, thread)
        _ptrace(INTERRUPT, thread)
        os.waitpid(thread, ALL_CHILDREN)
        if _goes_on(pid):
            break
        _ptrace(DETACH, thread)
        time.sleep(0.013)
    else:
        raise NoStallError(f"thread {name} of {pid}")
    yield thread
    with contextlib.suppress(ProcessLookupError):  # the process has ended meanwhile
        _ptrace(DETACH, thread)


def _goes_on(pid: int) -> bool:
    """Whether the main thread wakes up now and then, which takes Python's lock."""
    before = _switches(pid)
    time.sleep(2.5)
    return _switches(pid) > before


def _switches(pid: int) -> int:
    status = Path(f"/proc/{pid}/task/{pid}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])


def _ptrace(request: int, thread: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    with stalled_thread(int(sys.argv[1]), sys.argv[2]) as held:
        until = time.monotonic() + float(sys.argv[3])
        # Nobody sees the end of the process before this one, who holds the thread, has seen the thread's.
        while time.monotonic() < until and os.waitpid(held, ALL_CHILDREN | os.WNOHANG) == (0, 0):
            time.sleep(0.05)
