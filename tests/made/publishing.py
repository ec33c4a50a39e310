"""A publisher, and something at a port that is no broker."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from made.broker import settings_for
from visaged.mqtt.client import Publisher

WILL = ("visaged/a/status", b"offline")


@pytest.fixture
def publish() -> Iterator[Callable[..., Publisher]]:
    """``publish(broker, connected=True, **settings)``: a started publisher that is stopped at the end of the test."""
    publishers: list[Publisher] = []

    def make(broker: Any, connected: bool = True, callbacks: Any = None, **settings: Any) -> Publisher:
        quick = {"backoff_min_s": 0.05, "backoff_max_s": 0.2, "connect_timeout_s": 2.0}
        publisher = Publisher(settings_for(broker.port, **(quick | settings)), WILL, **(callbacks or {}))
        publishers.append(publisher)
        publisher.start()
        assert not connected or publisher.wait_connected(5), publisher.stats
        return publisher

    yield make
    for publisher in publishers:
        publisher.stop(None, 1.0)


class FakeServer:
    """A port that is closed, then maybe a server that is no broker, or a way through to a real one."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self._listener = socket.socket()
        self._listener.bind((self.host, 0))
        self.port: int = self._listener.getsockname()[1]

    def answer(self, reply: bytes) -> None:
        """Accept, read something, send ``reply``, and keep the connection open."""
        self._serve(lambda connection: (connection.recv(100), connection.sendall(reply)))

    def open_to(self, broker: Any, portion: int = 4096, pause_s: float = 0.0) -> None:
        """Pass everything on to ``broker``, both ways; before each ``portion`` of bytes of what comes, a pause."""

        def pass_on(source: socket.socket, target: socket.socket, pause_s: float = 0.0) -> None:
            while data := source.recv(portion):
                time.sleep(pause_s)
                target.sendall(data)

        def through(connection: socket.socket) -> None:
            real = socket.create_connection((broker.host, broker.port))
            threading.Thread(target=pass_on, args=(connection, real), daemon=True).start()
            threading.Thread(target=pass_on, args=(real, connection, pause_s), daemon=True).start()

        self._serve(through)

    def close(self) -> None:
        """Stop accepting."""
        self._listener.close()

    def _serve(self, handle: Callable[[socket.socket], object]) -> None:
        self._listener.listen()
        self._connections: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = self._listener.accept()
                except OSError:
                    return
                self._connections.append(connection)
                handle(connection)

        threading.Thread(target=accept, daemon=True).start()


@pytest.fixture
def free_port_broker() -> Iterator[FakeServer]:
    """Host and port of nobody, until it is told to answer."""
    server = FakeServer()
    yield server
    server.close()
