"""Waiting for a connection that can be read or written, or for a thread that wants its owner to look up."""

from __future__ import annotations

import select
import socket
import ssl
import time

from visaged.mqtt.ration import Ration
from visaged.mqtt.wake import Waker

READABLE = select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL


class Readiness:
    """Of one connection; one whose ``ration`` (None: it has none) is used up is not readable, unless it has ended."""

    def __init__(self, connection: socket.socket, waker: Waker, ration: Ration | None) -> None:
        self._connection = connection
        self._fd = connection.fileno()  # stays known where another thread closes the connection meanwhile
        self._waker = waker
        self.ration = ration
        self._poll = select.poll()
        self._poll.register(self._fd)
        self._poll.register(waker.fileno(), select.POLLIN)

    @property
    def buffered(self) -> bool:
        """Whether TLS holds something to read that poll cannot see; to be asked while nobody else uses it."""
        return isinstance(self._connection, ssl.SSLSocket) and self._connection.pending() > 0

    def wait(self, timeout_s: float, writing: bool, buffered: bool) -> tuple[bool, bool]:
        """Whether it can be read, and written where ``writing``; at the latest after ``timeout_s`` or a wake."""
        rest_s = self.ration.wait_s(time.monotonic()) if self.ration is not None else 0.0
        incoming = 0 if rest_s else READABLE
        self._poll.modify(self._fd, incoming | (select.POLLOUT if writing else 0))
        buffered = buffered and not rest_s
        limit_s = min(timeout_s, rest_s) if rest_s else timeout_s
        ready = dict(self._poll.poll(0 if buffered else limit_s * 1000))
        if self._waker.fileno() in ready:
            self._waker.clear()
        events = ready.get(self._fd, 0)
        return buffered or bool(events & READABLE), bool(events & select.POLLOUT)
