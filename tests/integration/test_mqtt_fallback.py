"""Brokers that speak nothing but MQTT 3.1.1, and what they do with a client that tries 5."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from made.broker import settings_for
from made.waiting import eventually
from visaged.mqtt.client import Publisher

AMQTT = """
import asyncio, sys
from amqtt.broker import Broker

async def main():
    anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    listener = {"default": {"type": "tcp", "bind": "127.0.0.1:" + sys.argv[1]}}
    await Broker({"listeners": listener, "plugins": anonymous}).start()
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


CONNECT_TIMEOUT_S = 2
REFUSED, SILENT = "", "visaged-cam"
"""Client ids; amqtt reads a CONNECT of MQTT 5 as if it were 3.1.1, and waits for ever for the rest of the second."""


def start_publisher(port: int, protocol: Any = "auto", client_id: str = "a") -> Publisher:
    """A started publisher with short delays."""
    settings = settings_for(
        port,
        protocol=protocol,
        client_id=client_id,
        backoff_min_s=0.05,
        backoff_max_s=0.1,
        connect_timeout_s=CONNECT_TIMEOUT_S,
    )
    publisher = Publisher(settings, ("a/status", b"offline"))
    publisher.start()
    return publisher


@pytest.fixture(scope="module")
def old_broker_port() -> Iterator[int]:
    """Where an amqtt listens."""
    pytest.importorskip("amqtt", reason="amqtt is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", AMQTT, str(port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    yield port
    process.kill()
    process.wait(5)
    process.stdout.close()


@pytest.mark.parametrize("client_id", [REFUSED, SILENT])
def test_auto_falls_back_within_the_connect_timeout_and_publishes(old_broker_port: int, client_id: str) -> None:
    publisher = start_publisher(old_broker_port, client_id=client_id)
    assert publisher.wait_connected(CONNECT_TIMEOUT_S), publisher.stats
    assert publisher.stats.protocol == "3.1.1"
    assert publisher.publish_frame("a/pose", b"pose")
    assert publisher.stop(("a/status", b"stopped"), 3.0), "the final state was not acknowledged"


@pytest.mark.parametrize(
    ("client_id", "sentence"),
    [(REFUSED, "does not speak this version of MQTT"), (SILENT, "sent no MQTT answer within 2 s")],
)
def test_mqtt_5_alone_fails_with_a_sentence(old_broker_port: int, client_id: str, sentence: str) -> None:
    publisher = start_publisher(old_broker_port, "5", client_id)
    assert eventually(lambda: publisher.stats.last_error is not None)
    publisher.stop(None, 1.0)
    assert sentence in (publisher.stats.last_error or "")


class OldBroker:
    """A server that welcomes 3.1.1, does ``with_5`` to whoever speaks 5, and notes which versions were asked for."""

    def __init__(self, with_5: Callable[[socket.socket], object]) -> None:
        self.asked: list[int] = []
        self._with_5 = with_5
        self._kept: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def end_connections(self) -> None:
        """End every connection that stands."""
        for connection in self._kept:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._kept.clear()

    def close(self) -> None:
        """Stop accepting."""
        self._listener.close()
        self.end_connections()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._kept.append(connection)
            version = connection.recv(200)[8]  # two bytes of header, six of protocol name
            self.asked.append(version)
            if version == 5:
                self._with_5(connection)
            else:
                connection.sendall(b"\x20\x02\x00\x00")


@pytest.mark.parametrize(
    ("with_5", "asked"),
    [
        pytest.param(lambda connection: connection.shutdown(socket.SHUT_RDWR), [5, 4, 5, 4], id="hangs up"),
        pytest.param(lambda connection: connection.sendall(b"\x20\x02\x00\x01"), [5, 4, 4, 4], id="refuses"),
        pytest.param(lambda _connection: None, [5, 4, 4, 4], id="says nothing"),
    ],
)
def test_only_a_broker_that_hangs_up_on_5_is_asked_for_it_again(
    with_5: Callable[[socket.socket], object], asked: list[int]
) -> None:
    server = OldBroker(with_5)
    publisher = start_publisher(server.port)
    for connects in range(1, 4):
        assert eventually(lambda n=connects: publisher.stats.connected and publisher.stats.reconnects == n - 1)
        server.end_connections()
    assert eventually(lambda: len(server.asked) >= 4)
    publisher.stop(None, 1.0)
    server.close()
    assert server.asked[:4] == asked
