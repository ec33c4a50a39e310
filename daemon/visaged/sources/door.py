"""Whether somebody answers at an address of the network, asked without waiting long: looking its name up takes a minute
where the name servers are silent."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Collection

from visaged.printable import printable

CONNECT_S = 0.5
HANGS_UP_S = 0.05
"""Within this, whoever takes no more clients has closed the connection; with others the client begins."""

PATIENCE_S = 1.0
ASKED_EVERY_S = 1.0
"""A server is not asked more often for what it does not have."""

ANSWER_S = 3.0
"""How long a server may think about it."""

DENIED_FOR_S = 30.0
"""A denial is believed for so long; then the door counts as open, for who reads the stream asks in words of its own."""

_STATUS_BYTES = 80


class Door:
    """One address. Whoever asks while an answer is still out waits for that one; belongs to one thread.

    ``request``: what asks an HTTP or RTSP server for the stream, empty where it is neither; ``denials``: the statuses
    that mean that nobody gets it now. It is not said at each knock: a camera may serve one client at a time, and be
    busy with who has asked.
    """

    def __init__(
        self, host: str, port: int, request: bytes = b"", denials: Collection[bytes] = (), *, tls: bool = False
    ) -> None:
        self._address = host, port
        self._request = request
        self._denials = denials
        self._tls = tls
        self._knocking: threading.Thread | None = None
        self._answered = False
        self._denied: str | None = None
        self._denied_at = self._asked_at = 0.0

    @property
    def denied(self) -> str | None:
        """The status with which the server denied the stream, None unless that was its last word."""
        return self._denied

    def answers(self) -> bool:
        """Whether a connection is accepted and kept; false where that is not told in time.

        Nothing is said, but to a server that has ``denied`` the stream of late, which is asked whether that is over.
        """
        if self._denied and time.monotonic() - self._denied_at > DENIED_FOR_S:
            self._denied = None
        return self.has_it() if self._denied else self._opens(b"")

    def has_it(self) -> bool:
        """Ask for the stream: false where it is denied, or the door does not open."""
        if self._denied and time.monotonic() - self._asked_at < ASKED_EVERY_S:
            return False
        self._asked_at = time.monotonic()
        return self._opens(self._request)

    def _opens(self, request: bytes) -> bool:
        if self._knocking is None:
            self._knocking = threading.Thread(target=self._knock, args=(request,), name="knock", daemon=True)
            self._knocking.start()
        self._knocking.join(PATIENCE_S)
        if self._knocking.is_alive():
            return False
        self._knocking = None
        return self._answered

    def _knock(self, request: bytes) -> None:
        try:
            with socket.create_connection(self._address, CONNECT_S) as connection:
                denied = self._ask(connection, request) if request else None
                if denied and not self._denied:
                    self._denied_at = time.monotonic()
                self._denied = denied
                self._answered = denied is None and (bool(request) or _is_kept(connection))
        except (OSError, UnicodeError):  # UnicodeError: a host name that cannot be one
            self._answered, self._denied = False, None

    def _ask(self, connection: socket.socket, request: bytes) -> str | None:
        """The status that denies the stream, as before where there is no answer in time; whatever else is said, or
        not, is left to FFmpeg."""
        connection.settimeout(ANSWER_S)
        try:
            with self._secured(connection) as secured:
                secured.sendall(request)
                said = b""
                while b"\n" not in said and len(said) < _STATUS_BYTES and (more := secured.recv(_STATUS_BYTES)):
                    said += more
        except TimeoutError:
            return self._denied
        except OSError:
            return None
        _version, _, status = said.partition(b"\n")[0].partition(b" ")
        return printable(status.decode("latin-1").strip()) if status[:3] in self._denials else None

    def _secured(self, connection: socket.socket) -> socket.socket:
        if not self._tls:
            return connection
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # as FFmpeg does
        return context.wrap_socket(connection, server_hostname=self._address[0])


def _is_kept(connection: socket.socket) -> bool:
    ready, _, _ = select.select([connection], [], [], HANGS_UP_S)
    return not ready or bool(connection.recv(1))
