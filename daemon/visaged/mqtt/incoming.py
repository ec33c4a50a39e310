"""Messages that come in, and who wants them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a subscription; from anybody, so nothing in it is to be trusted.

    ``response_topic`` and ``correlation`` are MQTT 5's, None where the sender gave none.
    """

    topic: str
    payload: bytes
    retained: bool
    response_topic: str | None = None
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A subscription to ``topics``, made again on every connection.

    ``on_message`` hears of each message, ``on_subscribed`` after each connect of the broker's answer: None, or one
    sentence where it denies one of the topics; and of a flood, in which messages come late, and of its end. Called on
    the publisher's thread; they must return at once.
    """

    topics: tuple[str, ...]
    on_message: Callable[[Incoming], None]
    on_subscribed: Callable[[str | None], None]
