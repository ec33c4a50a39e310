"""A paho client that takes no packet longer than ``MAX_PACKET``.

MQTT 5 lets us tell the broker so. MQTT 3.1.1 does not, and paho collects a packet of up to 256 MB in memory before it
looks at it; whoever may publish a command could use up the memory of a small device with one message.
"""

from __future__ import annotations

from typing import Any

import paho.mqtt.client as paho

from visaged.mqtt.properties import MAX_PACKET


class OversizeError(Exception):
    """A packet is announced that is too long; ``size``: its bytes, but for the two to five in front."""

    def __init__(self, size: int) -> None:
        super().__init__(f"a packet of {size} bytes")
        self.size = size


class BoundedClient(paho.Client):
    """Raises OversizeError out of ``loop_read``, before anything of such a packet is received."""

    def _sock_recv(self, bufsize: int, *more: Any) -> bytes:
        # Where paho (2.0 to 2.2 at least) reads from its socket; it asks for all that a packet still lacks. It is not
        # paho's public interface: a paho that reads otherwise works as before, without the bound.
        if bufsize > MAX_PACKET:
            raise OversizeError(bufsize)
        return super()._sock_recv(bufsize, *more)
