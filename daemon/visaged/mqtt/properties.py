"""The properties of MQTT 5 that visaged sends; None with 3.1.1, which has none."""

from __future__ import annotations

from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from visaged.mqtt.codec import MAX_PAYLOAD

MAX_PACKET = MAX_PAYLOAD + 4096
"""Bytes of the largest packet that a broker may send us; it keeps larger ones to itself."""

MAX_ORDER = 48 * 1024
"""The same for a device: more than the longest patch, and little enough to be taken apart in no time. Reading the
properties of a message takes paho time that grows with the square of their number."""

MAX_UNACKNOWLEDGED = 16
"""QoS 1 messages that a broker may send before we have acknowledged the first."""


class _FixedProperties(Properties):
    """Properties that never change: packed once, because paho's packing costs more than the rest of a message."""

    packed: bytes

    def __init__(self, source: Properties) -> None:
        super().__init__(source.packetType)  # type: ignore[no-untyped-call]  # paho leaves this class untyped
        object.__setattr__(self, "packed", source.pack())  # type: ignore[no-untyped-call]  # likewise

    def pack(self) -> bytes:
        return self.packed

    def __str__(self) -> str:
        # paho formats its log arguments for every message, wanted or not.
        return "[fixed]"


def connecting(version: MQTTProtocolVersion, longest: int) -> Properties | None:
    """What a CONNECT says of how much may be sent to us: packets of ``longest`` bytes."""
    properties = _new(PacketTypes.CONNECT, version)
    if properties is not None:
        properties.MaximumPacketSize = longest
        properties.ReceiveMaximum = MAX_UNACKNOWLEDGED
    return properties


def expiring(seconds: int, version: MQTTProtocolVersion) -> Properties | None:
    """How long messages are worth delivering; 0: for ever."""
    properties = _new(PacketTypes.PUBLISH, version) if seconds else None
    if properties is None:
        return None
    properties.MessageExpiryInterval = seconds
    return _FixedProperties(properties)


def answering(correlation: bytes | None, version: MQTTProtocolVersion) -> Properties | None:
    """By which the sender of a request knows the answer to it."""
    properties = _new(PacketTypes.PUBLISH, version) if correlation is not None else None
    if properties is not None:
        properties.CorrelationData = correlation
    return properties


def _new(kind: int, version: MQTTProtocolVersion) -> Properties | None:
    if version is not MQTTProtocolVersion.MQTTv5:
        return None
    return Properties(kind)  # type: ignore[no-untyped-call]  # paho leaves this class untyped
