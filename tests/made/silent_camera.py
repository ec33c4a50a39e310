"""A network camera that takes every connection and never says a word."""

from __future__ import annotations

import contextlib
import socket

from made.denying_server import DenyingServer


class SilentCamera(DenyingServer):
    """On loopback, from ``with`` on; ``tries`` counts who has asked it for pictures. ``port`` 0: any."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(b"", port=port)
        self.address = f"rtsp://127.0.0.1:{self.port}/"
        self.tries = 0

    def _deny(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            asked = connection.recv(1)
            self.tries += bool(asked)
            while asked:
                asked = connection.recv(4096)
