"""A real broker for every test that asks for one, and real subscribers to look at what it hands out."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from made.waiting import eventually

V5 = MQTTProtocolVersion.MQTTv5
MOSQUITTO = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
REMEMBERING = ("persistence true", "autosave_on_changes true", "autosave_interval 1")
"""Options of a broker that keeps subscriptions, and what waits for durable subscribers, even when it is killed."""


def free_port() -> int:
    """A port on loopback that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Broker:
    """A mosquitto on loopback with a configuration of its own."""

    transport: Literal["tcp", "unix"] = "tcp"

    def __init__(self, folder: Path, options: list[str], host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        lines = [f"listener {self.port} {self.host}", *options]
        if os.geteuid() == 0:
            lines.append("user root")
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        """Start, and wait until it listens."""
        with (self._folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), cwd=self._folder, stdout=log, stderr=log)
        # A busy machine may take its time; a broker that has given up does not get better by waiting.
        assert eventually(lambda: self._listens() or self._gave_up(), 30)
        assert not self._gave_up(), (self._folder / "mosquitto.log").read_text()

    def stop(self) -> None:
        """Shut down in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Die at once."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start on the same port; retained messages are forgotten."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Hang: the kernel goes on accepting for it, nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after ``pause``."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def connect(self, client: paho.Client, **options: Any) -> None:
        """Have a subscriber connect."""
        client.connect(self.host, self.port, **options)

    def _command(self) -> list[str]:
        return [str(MOSQUITTO), "-c", str(self._config)]

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(how)
            self._process.wait(5)
            self._process = None

    def _gave_up(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _listens(self) -> bool:
        try:
            socket.create_connection((self.host, self.port), timeout=1).close()
        except OSError:
            return False
        return True


class _Reader(paho.Client):
    """It reads to the end what a broker that has died sent, though it can no longer be thanked: paho gives up with the
    first PUBACK that fails, and what the broker has seen off, but not saved, would be gone."""

    def _sock_send(self, buf: bytes | bytearray) -> int:
        try:
            return super()._sock_send(buf)
        except (BrokenPipeError, ConnectionResetError):
            return len(buf)  # whoever reads notices that it is the end


class Listener:
    """A subscriber that keeps everything it gets; MQTT 5, so that properties can be looked at.

    ``durable``: the broker keeps for it what comes while it is not there.
    """

    def __init__(self, broker: Broker, topic: str, *, durable: bool = False, **login: str) -> None:
        self.messages: list[paho.MQTTMessage] = []
        self._ready = False
        name = "durable" if durable else ""
        self._client = _Reader(CallbackAPIVersion.VERSION2, name, protocol=V5, transport=broker.transport)
        if login:
            self._client.username_pw_set(login["username"], login["password"])
        self._client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
        self._client.on_subscribe = self._subscribed
        self._client.on_message = lambda _client, _data, message: self.messages.append(message)
        self._client.reconnect_delay_set(0.1, 0.1)  # type: ignore[arg-type]  # fractions do
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 3600 if durable else 0
        broker.connect(self._client, clean_start=not durable, properties=session)
        self._client.loop_start()
        assert eventually(lambda: self._ready)

    def of(self, topic: str) -> list[bytes]:
        """The payloads of one topic, oldest first."""
        return [bytes(message.payload) for message in list(self.messages) if message.topic == topic]

    def publish(self, topic: str, payload: bytes) -> None:
        """Say something, and know that the broker has it."""
        self._client.publish(topic, payload, qos=1).wait_for_publish(5)

    def wait_for(self, topic: str, payload: bytes, timeout_s: float = 5.0) -> bool:
        """Whether ``payload`` came on ``topic`` in time."""
        return eventually(lambda: payload in self.of(topic), timeout_s)

    def close(self) -> None:
        """Unsubscribe by leaving."""
        self._client.disconnect()
        self._client.loop_stop()

    def _subscribed(self, *_: Any) -> None:
        self._ready = True


@contextmanager
def _brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Broker]]:
    """``make(*options)`` starts one; all are gone at the end."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    brokers: list[Broker] = []

    def make(*options: str) -> Broker:
        broker = Broker(tmp_path_factory.mktemp("broker"), list(options) or ["allow_anonymous true"])
        brokers.append(broker)
        broker.start()
        return broker

    yield make
    for broker in brokers:
        broker.kill()


@pytest.fixture
def make_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Broker]]:
    """``make_broker(*options)``: a running broker with these lines in its configuration, by default open to all."""
    with _brokers(tmp_path_factory) as make:
        yield make


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Broker, Callable[[], Listener]]]:
    """A broker for a whole module, and ``listen_to_all()`` for a subscriber that keeps everything."""
    listeners: list[Listener] = []
    with _brokers(tmp_path_factory) as make:
        broker = make()

        def listen_to_all() -> Listener:
            listeners.append(Listener(broker, "#"))
            return listeners[-1]

        yield broker, listen_to_all
        for listener in listeners:
            listener.close()


@pytest.fixture
def broker(make_broker: Callable[..., Broker]) -> Broker:
    """A running broker that lets everybody in."""
    return make_broker()


@pytest.fixture
def password_broker(make_broker: Callable[..., Broker], tmp_path: Path) -> Broker:
    """A running broker that knows one user: "pi" with the password "secret"."""
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto_passwd is not installed")
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", passwords, "pi", "secret"], check=True, capture_output=True)
    return make_broker("allow_anonymous false", f"password_file {passwords}")


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """``listen(broker, topic="#")``: a subscriber that is closed at the end of the test."""
    listeners: list[Listener] = []

    def make(broker: Broker, topic: str = "#", **options: Any) -> Listener:
        listeners.append(Listener(broker, topic, **options))
        return listeners[-1]

    yield make
    for listener in listeners:
        listener.close()
