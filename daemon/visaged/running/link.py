"""The connection to the broker, which outlives a change of the configuration that leaves it alone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from visaged.broker import broker_settings
from visaged.config import Config
from visaged.config.groups import names
from visaged.mqtt import payload
from visaged.mqtt.client import Publisher
from visaged.mqtt.codec import Encoding, encode
from visaged.mqtt.device import default_device_id
from visaged.mqtt.incoming import Inbound, Incoming
from visaged.mqtt.payload import Stamp
from visaged.mqtt.settings import BrokerSettings
from visaged.mqtt.topics import Topics
from visaged.secret_files import exposed

log = logging.getLogger("visaged")

BRIEF = 100
"""Characters of a reason that are told to a broker that does not take all of it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a connection is made for; where none of it changes it can stay."""

    settings: BrokerSettings
    topics: Topics
    encoding: Encoding
    hears_commands: bool
    hears_desired: bool


class Listener(Protocol):
    """Who takes what the broker sends; called on the publisher's thread, and back at once.

    ``limited`` may be called on a thread that publishes a frame, too.
    """

    def receive(self, message: Incoming) -> None:
        """A message of a subscription has come."""

    def subscribed(self, denied: str | None) -> None:
        """The broker has agreed to the subscriptions, or ``denied`` says why not."""

    def limited(self, sentence: str | None) -> None:
        """The broker does not take all that is published, for a reason, or takes all of it again (None)."""


def terms(config: Config) -> Terms:
    """What ``config`` asks for; reads the password. Raises ConfigError where that cannot be, or cannot work."""
    device = config.device.id or default_device_id()
    mqtt = config.mqtt
    settings = broker_settings(mqtt, f"visaged-{device}")
    for sentence in exposed(mqtt):
        log.warning("%s.", sentence)
    topics = Topics(mqtt.topic_root, device, names(config.remote.groups))
    return Terms(settings, topics, mqtt.format, mqtt.commands, config.remote.enabled)


class Link:
    """Speaks for one device on one broker, for whichever listener is attached.

    ``on_failed`` gets one sentence should the connection's thread ever die, ``on_desired`` whom something is configured
    for from afar, and the bytes. Raises BrokerError where the TLS files cannot be used.
    """

    def __init__(
        self, terms: Terms, on_failed: Callable[[str], None], on_desired: Callable[[str, bytes], None]
    ) -> None:
        self.terms = terms
        self.topics = terms.topics
        self.encoding = terms.encoding
        self.welcomed = threading.Event()
        self._listener: Listener | None = None
        self._denied: str | None = None
        self._limited: str | None = None
        will = self.topics.status, self.encode(payload.status("offline", "connection lost", None))
        self._on_desired = on_desired
        self._desired = self.topics.desired if terms.hears_desired else {}
        filters = (self.topics.commands if terms.hears_commands else ()) + tuple(self._desired)
        inbound = Inbound(filters, self._receive, self._subscribed) if filters else None
        self.publisher = Publisher(
            terms.settings, will, self.welcomed.set, on_failed, inbound, on_limited=self._on_limited
        )

    def start(self) -> None:
        """Begin to connect."""
        self.publisher.start()

    def attach(self, listener: Listener) -> None:
        """From now on what comes in is for ``listener``, who is told at once what is known of the broker."""
        self._listener = listener
        listener.subscribed(self._denied)
        listener.limited(self._limited)

    def stop(self, last_word: payload.Message, timeout_s: float) -> None:
        """Say ``last_word`` as the status and take leave, within ``timeout_s`` even if the broker hangs.

        To a broker that takes not even its brief form the last will speaks.
        """
        self.publisher.stop((self.topics.status, self.encode(last_word)), timeout_s, self.encode(_brief(last_word)))

    def status(self, state: payload.State, reason: str | None) -> None:
        """Publish the topic ``status``."""
        status = payload.status(state, reason, time.time())
        self._state(self.topics.status, status, _brief(status))

    def info(self, info: payload.Info) -> None:
        """Publish the topic ``info``."""
        self._state(self.topics.info, payload.info(info))

    def reported(self, *forms: payload.Message) -> None:
        """Publish the topic ``config/reported``: the first of ``forms`` that the broker takes."""
        self._state(self.topics.reported, *forms)

    def health(self, health: payload.Health) -> None:
        """Publish the topic ``health``."""
        self.publisher.publish_frame(self.topics.health, self.encode(payload.health(health, time.time())))

    def event(self, stamp: Stamp, name: str, details: Mapping[str, Any]) -> None:
        """Publish on the topic ``event``."""
        self.publisher.publish_event(self.topics.event, self.encode(payload.event(stamp, name, details)))

    def encode(self, message: payload.Message) -> bytes:
        """``message`` in the encoding of this connection."""
        return encode(message, self.encoding)

    @property
    def trouble(self) -> str | None:
        """Why there is no connection, or what the broker denies; None while all is well."""
        stats = self.publisher.stats
        return stats.last_error or (None if stats.connected else "no broker has answered yet")

    def _state(self, topic: str, *forms: payload.Message) -> None:
        """``forms``: the message, and what is sent instead to a broker that does not take so much."""
        self.publisher.publish_state(topic, *map(self.encode, forms))

    def _receive(self, message: Incoming) -> None:
        if message.topic in self._desired:
            self._on_desired(self._desired[message.topic], message.payload)
        elif self._listener is not None:
            self._listener.receive(message)

    def _on_limited(self, sentence: str | None) -> None:
        self._limited = sentence
        if self._listener is not None:
            self._listener.limited(sentence)

    def _subscribed(self, denied: str | None) -> None:
        if denied is not None:
            log.warning("Not all is received: %s", denied)
        self._denied = denied
        if self._listener is not None:
            self._listener.subscribed(denied)


def _brief(status: payload.Message) -> payload.Message:
    return {**status, "reason": status["reason"] and status["reason"][:BRIEF]}
