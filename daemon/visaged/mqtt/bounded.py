"""A paho client that takes no packet longer than ``MAX_PACKET``, and keeps what TLS had to say at the end.

MQTT 5 lets us tell the broker so. MQTT 3.1.1 does not, and paho collects a packet of up to 256 MB in memory before it
looks at it; whoever may publish a command could use up the memory of a small device with one message.
"""

from __future__ import annotations

import contextlib
import ssl
from typing import Any

import paho.mqtt.client as paho

from visaged.mqtt.properties import MAX_PACKET


class OversizeError(Exception):
    """A packet is announced that is too long; ``size``: its bytes, but for the two to five in front."""

    def __init__(self, size: int) -> None:
        super().__init__(f"a packet of {size} bytes")
        self.size = size


class BoundedClient(paho.Client):
    """Raises OversizeError out of ``loop_read``, before anything of such a packet is received.

    ``tls_error`` is what the other side ended TLS with, None where it has not: with TLS 1.3 a broker refuses a client
    certificate after the handshake, and paho only tells that the connection is lost.
    """

    tls_error: ssl.SSLError | None = None

    def _sock_recv(self, bufsize: int, *more: Any) -> bytes:
        # Where paho (2.0 to 2.2 at least) reads from its socket; it asks for all that a packet still lacks. It is not
        # paho's public interface: a paho that reads otherwise works as before, without the bound.
        if bufsize > MAX_PACKET:
            raise OversizeError(bufsize)
        try:
            return super()._sock_recv(bufsize, *more)
        except ssl.SSLError as exc:
            self.tls_error = exc
            raise

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
