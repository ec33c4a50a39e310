"""One sentence for each way a broker says no. Pure."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence

from visaged.mqtt import tls_faults
from visaged.mqtt.settings import BrokerSettings

UNSUPPORTED_VERSION = 0x84
SESSION_TAKEN_OVER = 0x8E
PACKET_TOO_LARGE = 0x95

RIVAL_HINT = " This happens again and again; does another client use the same client id?"
"""Not every broker tells a client that another one took its place; many just close the connection."""

FLOOD = "More is sent to this device than it takes the time to read, so that commands come late; find out who does it."
"""Nobody may be asked for that: brokers do not tell who a message is from."""

_REFUSALS = {
    0x84: "it does not speak this version of MQTT",
    0x85: "it does not accept the client id; choose another one",
    0x86: "the user name or password is wrong",
    0x87: "this user is not authorised; check user name, password and the broker's access list",
    0x88: "it is not available at the moment",
    0x89: "it is busy",
    0x8A: "this client is banned",
    0x8C: "it asks for an authentication method that visaged does not have",
    PACKET_TOO_LARGE: "a packet is longer than it takes",
    0x97: "a quota is used up",
    0x9A: "it does not support retained messages, which the status topic needs",
    0x9B: "it does not support QoS 1, which the status topic needs",
    0x9F: "clients connect too often",
}


def connect_failure(exc: Exception, settings: BrokerSettings) -> str:
    """Why no connection came about, from what the socket or TLS layer raised."""
    where = f"the MQTT broker at {settings.address}"
    if isinstance(exc, ssl.SSLCertVerificationError):
        return f"The certificate of {where} {tls_faults.certificate_fault(exc, settings)}."
    if isinstance(exc, ssl.SSLError) or (settings.tls and isinstance(exc, ConnectionResetError)):
        return tls_faults.handshake_fault(exc, settings)
    if isinstance(exc, (socket.gaierror, UnicodeError)):
        return f"The name {settings.host!r} of the MQTT broker cannot be resolved; check the host name and the network."
    if isinstance(exc, ConnectionRefusedError):
        return f"Nothing listens at {settings.address}; check host and port, and whether the MQTT broker runs."
    if isinstance(exc, TimeoutError):
        return f"No answer from {where} within {settings.connect_timeout_s:g} s; check host, port and firewall."
    return f"No connection to {where}: {_short(exc)}."


def refusal(code: int, name: str, settings: BrokerSettings) -> str:
    """Why a broker refused, from the CONNACK's MQTT 5 reason code (3.1.1 codes are mapped to these before)."""
    return f"The MQTT broker at {settings.address} refused the connection: {_REFUSALS.get(code, name.lower())}."


def loss(code: int, name: str, by_broker: bool, settings: BrokerSettings) -> str:
    """Why a connection that stood ended, from the DISCONNECT's reason code or paho's own."""
    if code == SESSION_TAKEN_OVER:
        return (
            f"Another client took over the client id {settings.client_id!r} at {settings.address}; "
            "give each device its own."
        )
    if by_broker:
        return f"The MQTT broker at {settings.address} ended the connection: {_REFUSALS.get(code, name.lower())}."
    if name == "Keep alive timeout":
        return f"The MQTT broker at {settings.address} has not answered for {settings.keepalive_s} s."
    return f"The connection to the MQTT broker at {settings.address} was lost."


def silence(settings: BrokerSettings, waited_s: float) -> str:
    """The broker took the connection and then said nothing for ``waited_s``."""
    return f"{settings.address} took the connection but sent no MQTT answer within {waited_s:g} s."


def closed_early(settings: BrokerSettings) -> str:
    """The broker closed the connection instead of answering the CONNECT."""
    hint = tls_faults.closed_after(settings) if settings.tls else "is this a TLS port (then set mqtt.tls = true)"
    return f"{settings.address} closed the connection without an MQTT answer; {hint}, or no MQTT broker?"


def denied(topic: str, name: str, settings: BrokerSettings) -> str:
    """The broker did not take a message or a subscription."""
    return f"The MQTT broker at {settings.address} denies {topic}: {name.lower()}; check its access list."


def unasked(longest: int, topics: Sequence[str], settings: BrokerSettings) -> str:
    """The broker does not take what would ask for ``topics``."""
    return (
        f"The MQTT broker at {settings.address} takes packets of {longest} bytes at most, too few to subscribe to "
        f"{', '.join(topics)}; raise that limit."
    )


def nonsense(settings: BrokerSettings) -> str:
    """What came back is not MQTT."""
    return f"What {settings.address} sent is not MQTT; check host and port."


def oversize(size: int, limit: int, settings: BrokerSettings) -> str:
    """A packet is longer than what is taken; with MQTT 3.1.1 a broker cannot know."""
    return (
        f"The MQTT broker at {settings.address} sent a packet of {size} bytes, more than the {limit} that are taken; "
        "lower the broker's message size limit, or use MQTT 5."
    )


def limited(longest: int, topics: Sequence[str], settings: BrokerSettings) -> str:
    """The broker does not take what was to be published on ``topics``, or not all of it."""
    return (
        f"The MQTT broker at {settings.address} takes packets of {longest} bytes at most; what is longer is left out, "
        f"so far of {', '.join(topics)}; raise that limit."
    )


def _short(exc: Exception) -> str:
    return (getattr(exc, "strerror", None) or str(exc)).lower()
