"""Whether somebody answers at an address of the network, asked without waiting long: looking its name up takes a minute
where the name servers are silent."""

from __future__ import annotations

import select
import socket
import threading

CONNECT_S = 0.5
HANGS_UP_S = 0.05
"""Within this, whoever takes no more clients has closed the connection; with others the client begins."""

PATIENCE_S = 1.0


class Door:
    """One address. Whoever asks while an answer is still out waits for that one; belongs to one thread."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._asking: threading.Thread | None = None
        self._answered = False

    def answers(self) -> bool:
        """Whether a connection is accepted and kept, without saying anything; false where that is not told in time."""
        if self._asking is None:
            self._asking = threading.Thread(target=self._knock, name="knock", daemon=True)
            self._asking.start()
        self._asking.join(PATIENCE_S)
        if self._asking.is_alive():
            return False
        self._asking = None
        return self._answered

    def _knock(self) -> None:
        try:
            with socket.create_connection(self._address, CONNECT_S) as connection:
                ready, _, _ = select.select([connection], [], [], HANGS_UP_S)
                self._answered = not ready or bool(connection.recv(1))
        except (OSError, UnicodeError):  # UnicodeError: a host name that cannot be one
            self._answered = False
