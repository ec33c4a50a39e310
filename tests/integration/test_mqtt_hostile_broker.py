"""Whatever a broker sends, a session goes on or ends with one sentence."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from paho.mqtt.enums import MQTTProtocolVersion

from made.broker import settings_for
from visaged.errors import BrokerError
from visaged.mqtt.dialer import V5, V311
from visaged.mqtt.session import Session
from visaged.mqtt.wake import Waker

WELCOME = {V5: b"\x20\x03\x00\x00\x00", V311: b"\x20\x02\x00\x00"}
BODY = st.binary(max_size=24)
PACKET = st.builds(lambda kind, body: bytes([kind, len(body)]) + body, st.integers(0, 255), BODY)


@pytest.fixture(scope="module")
def server() -> Iterator[socket.socket]:
    """A listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def answer(server: socket.socket, reply: bytes, heard: list[bytes] | None = None) -> threading.Thread:
    """Accept one connection, send ``reply`` to its CONNECT and nothing more; ``heard`` gets what comes after that."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(200)
            connection.sendall(reply)
            connection.shutdown(socket.SHUT_WR)
            said = connection.recv(1000)
            if heard is not None:
                heard.append(said)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


@pytest.mark.parametrize("version", [V5, V311])
@settings(max_examples=150)
@given(data=st.lists(PACKET, max_size=4).map(b"".join) | st.binary(max_size=40), welcomed=st.booleans())
@example(data=b"\x30\x05\x00\x03\xff\xfe\xfd", welcomed=True)  # a topic that is not UTF-8
@example(data=b"\x20\xff\xff\xff\xff\xff", welcomed=False)  # a length that never ends
@example(data=b"\x30\x0a\x00\x01a\x06\x08\x00\x01b\x09\x00", welcomed=True)  # a response topic, half a correlation
@example(data=b"\xe0\x02\x8e\x00", welcomed=True)
@example(data=b"\x90\x00\xb0\x00\x40\x00", welcomed=True)
def test_any_bytes_end_in_a_sentence_or_not_at_all(
    server: socket.socket, version: MQTTProtocolVersion, data: bytes, welcomed: bool
) -> None:
    session = Session(settings_for(server.getsockname()[1]), version, None, Waker(), on_message=lambda _: None)
    thread = answer(server, (WELCOME[version] if welcomed else b"") + data)
    with contextlib.suppress(BrokerError):
        session.open(threading.Event(), 5)
        session.publish_reliably("topic", b"payload", retain=True)
        session.subscribe(["topic"])
        for _ in range(50):
            session.step(1.0)
        raise AssertionError("the end of the connection went unnoticed")
    session.abort()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.parametrize("version", [V5, V311])
def test_a_packet_that_is_too_long_is_not_received(server: socket.socket, version: MQTTProtocolVersion) -> None:
    session = Session(settings_for(server.getsockname()[1]), version, None, Waker(), on_message=lambda _: None)
    announced = b"\x30\x80\x80\x80\x64"  # 200 MiB
    thread = answer(server, WELCOME[version] + announced)
    session.open(threading.Event(), 5)
    with pytest.raises(BrokerError, match=r"a packet of 209715200 bytes, more than the \d+ that are taken"):
        for _ in range(50):
            session.step(1.0)
    thread.join(5)
    assert not thread.is_alive()


def test_properties_that_cannot_be_read_cost_their_message_and_not_the_connection(server: socket.socket) -> None:
    heard: list[str] = []
    session = Session(
        settings_for(server.getsockname()[1]), V5, None, Waker(), on_message=lambda message: heard.append(message.topic)
    )
    unreadable = b"\x26\x00\x03\xef\xbb\xbf\x00\x01v"  # a user property named U+FEFF
    bad = b"\x00\x03bad\x00\x07" + bytes([len(unreadable)]) + unreadable + b"payload"
    good = b"\x00\x04good\x00\x08\x00payload"
    said = b"".join(bytes([kind, len(body)]) + body for kind, body in ((0x32, bad), (0x32, good)))
    acknowledged: list[bytes] = []
    thread = answer(server, WELCOME[V5] + said, acknowledged)
    session.open(threading.Event(), 5)
    with pytest.raises(BrokerError, match="was lost"):
        for _ in range(50):
            session.step(1.0)
    thread.join(5)
    assert heard == ["good"]
    assert b"".join(acknowledged).startswith(b"\x40\x02\x00\x07")


def test_denied_subscription_is_one_sentence(server: socket.socket) -> None:
    session = Session(settings_for(server.getsockname()[1]), V5, None, Waker())
    denied = b"\x90\x04\x00\x01\x00\x87"
    thread = answer(server, WELCOME[V5] + denied)
    session.open(threading.Event(), 5)
    session.subscribe(["topic"])
    with pytest.raises(BrokerError, match="denies the subscription to topic: not authorized"):
        for _ in range(50):
            session.step(1.0)
    session.abort()
    thread.join(5)


def test_who_waits_learns_of_a_loss_only_when_the_one_who_found_it_is_done(server: socket.socket) -> None:
    session = Session(settings_for(server.getsockname()[1]), V5, None, Waker())
    thread = answer(server, WELCOME[V5])
    session.open(threading.Event(), 5)
    with pytest.raises(BrokerError):
        for _ in range(50):
            session.step(1.0)
    turn, ends = threading.Lock(), []

    def step() -> None:
        with contextlib.suppress(BrokerError):
            session.step(1.0, turn)
        ends.append("told")

    waiting = threading.Thread(target=step)
    with turn:
        waiting.start()
        waiting.join(0.05)
        assert ends == []
    waiting.join(5)
    thread.join(5)
    assert ends == ["told"]
