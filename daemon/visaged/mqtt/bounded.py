"""A paho client that bears what others send: it takes no packet that is too long, and drops what it cannot read.

MQTT 5 lets us tell the broker so. MQTT 3.1.1 does not, and paho collects a packet of up to 256 MB in memory before it
looks at it; whoever may publish a command could use up the memory of a small device with one message.
"""

from __future__ import annotations

import contextlib
import ssl
import struct
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import MQTTException  # type: ignore[attr-defined]  # defined there until 2.2

from visaged.mqtt.properties import MAX_PACKET

MALFORMED = (ValueError, IndexError, KeyError, TypeError, struct.error, MQTTException)
"""What paho raises on bytes that are not MQTT, depending on its version."""


class OversizeError(Exception):
    """A packet is announced that is too long; ``size``: its bytes, but for the two to five in front."""

    def __init__(self, size: int) -> None:
        super().__init__(f"a packet of {size} bytes")
        self.size = size


class BoundedClient(paho.Client):
    """Raises OversizeError out of ``loop_read`` for a packet of more than ``longest`` bytes, before it is received.

    ``tls_error`` is what the other side ended TLS with, None where it has not: with TLS 1.3 a broker refuses a client
    certificate after the handshake, and paho only tells that the connection is lost.
    """

    tls_error: ssl.SSLError | None = None
    longest: int = MAX_PACKET

    def _sock_recv(self, bufsize: int, *more: Any) -> bytes:
        # Where paho (2.0 to 2.2 at least) reads from its socket; it asks for all that a packet still lacks. It is not
        # paho's public interface: a paho that reads otherwise works as before, without the bound.
        if bufsize > self.longest:
            raise OversizeError(bufsize)
        try:
            return super()._sock_recv(bufsize, *more)
        except ssl.SSLError as exc:
            self.tls_error = exc
            raise

    def _handle_publish(self) -> MQTTErrorCode:
        # paho ends the connection over properties that it cannot read, some of which brokers pass on, such as U+FEFF;
        # retained, such a message would end every connection.
        try:
            return super()._handle_publish()
        except MALFORMED:
            packet, qos = bytes(self._in_packet["packet"]), self._in_packet["command"] >> 1 & 3
            if qos != 1:
                return MQTTErrorCode.MQTT_ERR_SUCCESS
            (length,) = struct.unpack_from("!H", packet)
            return self._send_puback(*struct.unpack_from("!H", packet, 2 + length))

    def _sock_send(self, buf: bytes | bytearray) -> int:
        try:
            return super()._sock_send(buf)
        except BlockingIOError:
            raise
        except OSError:
            # Whoever has closed the connection said why before, and that is still to be read.
            with contextlib.suppress(OSError):
                self._sock_recv(1)
            raise
