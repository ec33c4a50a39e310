"""A server on loopback that has nothing for anybody."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from types import TracebackType


class DenyingServer:
    """Listens from ``with`` on and gives everybody ``answer``; ``asked`` is what they said.

    ``files``: certificate and key of one that speaks TLS; ``port`` 0: any.
    """

    def __init__(self, answer: bytes, files: tuple[Path, Path] | None = None, port: int = 0) -> None:
        self._answer = answer
        self._context: ssl.SSLContext | None = None
        if files:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._context.load_cert_chain(*files)
        self._server = socket.create_server(("127.0.0.1", port))
        self.port: int = self._server.getsockname()[1]
        self.asked: list[bytes] = []

    def __enter__(self) -> DenyingServer:
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
                threading.Thread(target=self._deny, args=(self._server.accept()[0],), daemon=True).start()

    def _deny(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(5)
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            while asked := connection.recv(4096):
                self.asked.append(asked)
                connection.sendall(self._answer)
            connection.close()
