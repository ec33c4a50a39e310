"""A process that reads where reading may block for ever, and whose output is waited for no longer than agreed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from visaged.sources.base import SourceLostError

GRACE_S = 0.15
"""How long a process may take to end when it is asked to; then it is killed."""

_LOOK_S = 0.1
_PIPE_BYTES = 1 << 20
_WORDS = 4096
_MOST_READS = 32  # at a time, of one that never stops talking
_KILLED_S = 1.0  # a process that the kernel holds in a driver is not waited for


class SilentError(Exception):
    """Nothing came in time."""


class EndedError(Exception):
    """The process has ended, or it was told to."""


class Child:
    """A running process whose standard output is read in pieces of known size.

    ``job`` is what it gets on standard input. It is the leader of a session of its own, so that the terminal's Ctrl-C
    does not reach it and all that it starts can be ended with it. Belongs to one thread, but for ``interrupt``.
    SourceLostError where the system cannot start it.
    """

    def __init__(self, command: Sequence[str], job: bytes = b"") -> None:
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd="/",  # -m looks for modules in the current folder first
                start_new_session=True,
            )
        except OSError as exc:
            raise SourceLostError(f"no process can be started to read the camera: {exc.strerror}", "refused") from exc
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._out, self._err = self._process.stdout.fileno(), self._process.stderr.fileno()
        self._words = bytearray()
        self._interrupted = threading.Event()
        for fd in (self._out, self._err):
            os.set_blocking(fd, False)
        with contextlib.suppress(OSError):  # a system that allows no more: slower, not wrong
            fcntl.fcntl(self._out, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self._poll.register(self._err, select.POLLIN)
        with contextlib.suppress(BrokenPipeError):  # it has died already; whoever reads will hear of it
            self._process.stdin.write(job)
            self._process.stdin.close()

    def fill(self, room: memoryview, deadline: float) -> None:
        """Read until ``room`` is full; SilentError at ``deadline`` (monotonic seconds), EndedError at the end."""
        while room:
            try:
                count = os.readv(self._out, [room])
            except BlockingIOError:
                self.wait(deadline)
                continue
            if count == 0:
                raise EndedError
            room = room[count:]

    def wait(self, deadline: float) -> None:
        """Wait until there is something to read from standard output, or its end; the errors of ``fill``."""
        while True:
            left = deadline - time.monotonic()
            if self._interrupted.is_set():
                raise EndedError
            if left <= 0:
                raise SilentError
            for fd, event in self._poll.poll(min(left, _LOOK_S) * 1000):
                if fd == self._out:
                    return
                if not self._listen() or not event & select.POLLIN:
                    self._poll.unregister(self._err)

    def has_more(self) -> bool:
        """Whether something is there to be read now."""
        return any(fd == self._out and event & select.POLLIN for fd, event in self._poll.poll(0))

    def interrupt(self) -> None:
        """Any thread: let a ``fill`` that waits end soon, with EndedError."""
        self._interrupted.set()

    def last_words(self) -> str:
        """The end of what it wrote to standard error; of one that has ended, all that was left to read."""
        self._listen()
        return self._words.decode(errors="replace").strip()

    def end(self) -> None:
        """Ask it to end, kill it where it does not, and take it off the process table; harmless when repeated."""
        if self._process.returncode is None:
            self._signal(signal.SIGTERM)
            if not self._ended_within(GRACE_S):
                self._signal(signal.SIGKILL)
            self._ended_within(_KILLED_S)
            self._signal(signal.SIGKILL)  # whatever it had started; the group's number is ours until it is reaped
            self._process.poll()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe
            pipe.close()

    def _listen(self) -> bool:
        """Take what standard error has to say; whether more may come."""
        for _ in range(_MOST_READS):
            try:
                said = os.read(self._err, _WORDS)
            except BlockingIOError:
                break
            if not said:
                return False
            self._words = (self._words + said)[-_WORDS:]
        return True

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _ended_within(self, seconds: float) -> bool:
        """Whether it ends in time; it stays on the process table, so that its number remains its own."""
        until = time.monotonic() + seconds
        with contextlib.suppress(ChildProcessError):  # who ignores SIGCHLD has no children to wait for
            while os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                if time.monotonic() > until:
                    return False
                time.sleep(0.005)
        return True


def python(*arguments: str) -> list[str]:
    """The command that runs this Python again, with ``arguments``."""
    return [sys.executable, *arguments]
