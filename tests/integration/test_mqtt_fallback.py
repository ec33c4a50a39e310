"""A broker that speaks nothing but MQTT 3.1.1."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from visaged.mqtt.client import Publisher
from visaged.mqtt.settings import BrokerSettings

pytest.importorskip("amqtt", reason="amqtt is not installed")

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


def start_publisher(port: int, protocol: Any = "auto") -> Publisher:
    """A started publisher with short delays."""
    settings = BrokerSettings("127.0.0.1", port, protocol, backoff_min_s=0.05, backoff_max_s=0.1, connect_timeout_s=2)
    publisher = Publisher(settings, ("a/status", b"offline"))
    publisher.start()
    return publisher


@pytest.fixture(scope="module")
def old_broker_port() -> Iterator[int]:
    """Where an amqtt listens."""
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


def test_auto_falls_back_and_publishes(old_broker_port: int) -> None:
    publisher = start_publisher(old_broker_port)
    assert publisher.wait_connected(5), publisher.stats
    assert publisher.stats.protocol == "3.1.1"
    assert publisher.publish_frame("a/pose", b"pose")
    assert publisher.stop(("a/status", b"stopped"), 3.0), "the final state was not acknowledged"


def test_mqtt_5_alone_is_refused_with_a_sentence(old_broker_port: int) -> None:
    publisher = start_publisher(old_broker_port, "5")
    deadline = time.monotonic() + 5
    while publisher.stats.last_error is None and time.monotonic() < deadline:
        time.sleep(0.01)
    publisher.stop(None, 1.0)
    assert "does not speak this version of MQTT" in (publisher.stats.last_error or "")


class HangsUp:
    """A server that closes on MQTT 5, welcomes 3.1.1, and notes which versions were asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.kept: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hang_up(self) -> None:
        """End every connection that stands."""
        for connection in self.kept:
            connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self.kept.clear()

    def close(self) -> None:
        """Stop accepting."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            version = connection.recv(200)[8]  # two bytes of header, six of protocol name
            self.asked.append(version)
            if version == 5:
                connection.close()
            else:
                connection.sendall(b"\x20\x02\x00\x00")
                self.kept.append(connection)


def test_broker_that_hangs_up_on_5_is_asked_again_at_the_next_connection() -> None:
    server = HangsUp()
    publisher = start_publisher(server.port)
    assert publisher.wait_connected(5)
    server.hang_up()
    deadline = time.monotonic() + 5
    while len(server.asked) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    server.close()
    publisher.stop(None, 1.0)
    assert server.asked[:4] == [5, 4, 5, 4]
