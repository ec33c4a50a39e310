"""Processes that read cameras, each forked from one that has loaded what it needs: that takes a thirtieth of what
starting one takes, so that a camera that is away can be tried often even where the processor is slow.

A server whose worker has ended is kept for the next one of its kind, until ``end_idle``.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from visaged.sources.base import SourceLostError
from visaged.sources.faults import unstartable
from visaged.sources.forking import END, GRACE_S, KILLED_S, SPENT

_ANSWER_S = GRACE_S + KILLED_S + 0.5

_lock = threading.Lock()
_idle: list[_ForkServer] = []


class Forked:
    """A worker of ``module``, at ``job``; ``out`` and ``err`` are where its standard output and error can be read.

    SourceLostError where the system cannot start it. Whoever reads the pipes closes them.
    """

    def __init__(self, module: str, job: Mapping[str, Any]) -> None:
        pipes: list[int] = []
        try:
            for _ in range(2):
                pipes += os.pipe()
            self.out, out, self.err, err = pipes
            self._server = _forked(module, json.dumps(job).encode(), out, err)
        except OSError as exc:
            for end in pipes[::2]:
                os.close(end)
            trouble = unstartable(exc)
            raise SourceLostError(trouble.reason, trouble.fault) from exc
        finally:
            for end in pipes[1::2]:
                os.close(end)

    def end(self) -> float:
        """End it, by force if need be; the processor's seconds that it took, as far as is known. Once."""
        spent_s = self._server.end_worker()
        if spent_s is None:
            return self._server.kill()
        with _lock:
            _idle.append(self._server)
        return spent_s


def end_idle() -> None:
    """End all servers that have no worker now."""
    with _lock:
        servers = _idle.copy()
        _idle.clear()
    for server in servers:
        server.kill()


def _forked(module: str, job: bytes, out: int, err: int) -> _ForkServer:
    """The server, old or new, that has forked a worker for ``job``, which writes to ``out`` and ``err``."""
    while server := _taken(module):
        if server.fork(job, out, err):
            return server
        server.kill()  # it has died meanwhile
    server = _ForkServer(module, err)
    server.fork(job, out, err)
    return server


def _taken(module: str) -> _ForkServer | None:
    with _lock:
        server = next((server for server in _idle if server.module == module), None)
        if server:
            _idle.remove(server)
    return server


def _ended_s() -> float:
    """The processor's seconds of all processes that were started here and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


class _ForkServer:
    """One server; what it says itself, if it cannot start, goes to ``err``."""

    def __init__(self, module: str, err: int) -> None:
        self.module = module
        self._gate, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._gate.settimeout(_ANSWER_S)
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", module],
                    stdin=theirs.fileno(),
                    stdout=err,
                    stderr=err,
                    cwd="/",  # -m looks for modules in the current folder first
                    start_new_session=True,  # the terminal's Ctrl-C is not for it
                )
            except OSError:
                self._gate.close()
                raise

    def fork(self, job: bytes, out: int, err: int) -> bool:
        """Have a worker forked; false where the server has died."""
        try:
            socket.send_fds(self._gate, [job], [out, err])
        except OSError:
            return False
        return True

    def end_worker(self) -> float | None:
        """Have the worker ended; the processor's seconds that it took, None where the server does not answer."""
        try:
            self._gate.send(END)
            answer = self._gate.recv(SPENT.size)
        except OSError:
            return None
        return float(SPENT.unpack(answer)[0]) if answer else None

    def kill(self) -> float:
        """End it, which its worker does not outlive; the processor's seconds that both took, and all before."""
        before = _ended_s()
        self._gate.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(KILLED_S)
        return _ended_s() - before
