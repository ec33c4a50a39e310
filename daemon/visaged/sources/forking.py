"""What a fork server does: it has loaded what its workers need, and forks one each time it is told to.

It is told so through the socket that is its standard input, by a JSON object, which is the worker's job (an address may
hold a password, which a command line would show to everybody), and two pipes, which become the worker's standard output
and standard error. ``END`` ends the worker. The other end is ``fork_server``.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from visaged.sources.faults import last_words, unstartable

END = b"end"
SPENT = struct.Struct("d")
"""The answer to it: the processor's seconds that the worker took, as far as is known, and the server for it."""

GRACE_S = 0.15
"""How long a worker may take to end when it is asked to; then it is killed."""

KILLED_S = 1.0
"""One that the kernel holds in a driver is not waited for."""

_MOST_BYTES = 1 << 16
_PR_SET_PDEATHSIG = 1
_STDIN, _STDOUT, _STDERR = 0, 1, 2

Work = Callable[[dict[str, Any]], object]


def serve(work: Work) -> NoReturn:
    """The life of a fork server: one worker after the other, each of which does ``work(job)``.

    It ends when the socket is closed, and so with the process that it works for, however that ends.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # who ignores it, as its parent may have, has nobody to wait for
    gate = socket.socket(fileno=_STDIN)
    told_s = time.process_time()
    while True:
        job, pipes, _flags, _address = socket.recv_fds(gate, _MOST_BYTES, 2)
        if not job:
            os._exit(0)
        _reap()
        worker = _forked(work, job, *pipes)
        for pipe in pipes:
            os.close(pipe)
        told = gate.recv(len(END))
        spent_s = _end(worker) if worker else 0.0
        if not told:
            os._exit(0)
        before_s, told_s = told_s, time.process_time()
        gate.send(SPENT.pack(spent_s + told_s - before_s))


def _reap() -> None:
    """Take workers off the process table that the kernel has let go of since they were given up."""
    with contextlib.suppress(ChildProcessError):
        while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG):
            pass


def _forked(work: Work, job: bytes, out: int, err: int) -> int | None:
    """The number of a new worker; None where the system has none to give, which is what ``err`` then says."""
    server = os.getpid()
    try:
        worker = os.fork()
    except OSError as exc:
        os.write(err, last_words(unstartable(exc)).encode())
        return None
    if worker == 0:
        _work(work, job, out, err, server)
    with contextlib.suppress(OSError):  # it has done so itself, and may have become another program since
        os.setpgid(worker, worker)
    return worker


def _work(work: Work, job: bytes, out: int, err: int, server: int) -> NoReturn:
    """The life of a worker: it does not outlive its server, and takes with it all that it has started."""
    try:
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != server:  # it ended before we could ask
            os._exit(1)
        for end, number in ((os.open(os.devnull, os.O_RDONLY), _STDIN), (out, _STDOUT), (err, _STDERR)):
            os.dup2(end, number)
            os.close(end)
        work(json.loads(job))
    except Exception:  # noqa: BLE001 - the top of the process: its last words
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError):  # nobody listens any more
            sys.stderr.flush()
        os._exit(1)  # without taking down what may hang


def _end(worker: int) -> float:
    """End a worker and all that it has started, by force if need be; the processor's seconds that it took."""
    _signal(worker, signal.SIGTERM)
    if not _ends_within(worker, GRACE_S):
        _signal(worker, signal.SIGKILL)
    if not _ends_within(worker, KILLED_S):
        return 0.0
    _signal(worker, signal.SIGKILL)  # whatever it had started; the group's number is ours until it is reaped
    spent = os.wait4(worker, 0)[2]
    return spent.ru_utime + spent.ru_stime


def _signal(worker: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker, number)


def _ends_within(worker: int, seconds: float) -> bool:
    """Whether it ends in time; it stays on the process table, so that its number remains its own."""
    until = time.monotonic() + seconds
    while os.waitid(os.P_PID, worker, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True
