"""A network camera that takes every connection and never says a word."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType


class SilentCamera:
    """On loopback, from ``with`` on; ``tries`` counts who has asked it for pictures. ``port`` 0: any."""

    def __init__(self, port: int = 0) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self.address = f"rtsp://127.0.0.1:{self._server.getsockname()[1]}/"
        self.tries = 0

    def __enter__(self) -> SilentCamera:
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._listen, args=(self._server.accept()[0],), daemon=True).start()

    def _listen(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            asked = connection.recv(1)
            self.tries += bool(asked)
            while asked:
                asked = connection.recv(4096)
