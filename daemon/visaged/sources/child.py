"""The output of a process that reads where reading may block for ever; it is waited for no longer than agreed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import threading
import time

from visaged.sources.fork_server import Forked

_LOOK_S = 0.1
_PIPE_BYTES = 1 << 20
_WORDS = 4096
_MOST_READS = 32  # at a time, of one that never stops talking


class SilentError(Exception):
    """Nothing came in time."""


class EndedError(Exception):
    """The process has ended, or it was told to."""


class Child:
    """``process``, whose standard output is read in pieces of known size. Belongs to one thread, but for ``interrupt``.

    ``spent_s``: the processor's seconds that it took, once it has been ended.
    """

    def __init__(self, process: Forked) -> None:
        self.spent_s = 0.0
        self._process: Forked | None = process
        self._out, self._err = process.out, process.err
        self._words = bytearray()
        self._interrupted = threading.Event()
        for fd in (self._out, self._err):
            os.set_blocking(fd, False)
        with contextlib.suppress(OSError):  # a system that allows no more: slower, not wrong
            fcntl.fcntl(self._out, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self._poll.register(self._err, select.POLLIN)

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
        """End it, by force if need be; harmless when repeated."""
        if self._process is None:
            return
        self.spent_s = self._process.end()
        self._process = None
        os.close(self._out)
        os.close(self._err)

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
