"""One connection to a broker, for as long as a command takes."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import replace
from types import TracebackType

from paho.mqtt.enums import MQTTProtocolVersion

from visaged.errors import BrokerError
from visaged.mqtt import explain
from visaged.mqtt.dialer import Dialer
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.session import Session
from visaged.mqtt.settings import BrokerSettings, tls_context
from visaged.mqtt.wake import Waker

MOST_WAITING = 10_000
"""Messages that may wait to be looked at; the oldest go."""

LEAVE_S = 1.0


class Connection:
    """To the broker of ``settings``, under a name of its own; used ``with``. Raises BrokerError, here and later."""

    def __init__(self, settings: BrokerSettings) -> None:
        # The device's own configuration may be used at the desk, too; two clients of one name would end each other.
        self._settings = replace(settings, client_id=f"visaged-desk-{os.getpid()}-{os.urandom(3).hex()}")
        self._context = tls_context(self._settings)
        self._waker = Waker()
        self._waiting: deque[Incoming] = deque(maxlen=MOST_WAITING)
        self._acknowledged: dict[int, str | None] = {}
        self._subscriptions: list[str | None] = []

    def __enter__(self) -> Connection:
        self._session = Dialer(self._settings, self._make_session).dial(threading.Event())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._session.close(time.monotonic() + LEAVE_S)

    @property
    def address(self) -> str:
        """host:port of the broker."""
        return self._settings.address

    def subscribe(self, topics: list[str], qos: int = 1) -> None:
        """Listen to ``topics`` from now on; back when the broker has answered, however much comes before that.

        Of what is subscribed with QoS 0 all that is retained comes before the answer to the next subscription, where
        the broker does one after the other, as mosquitto does.
        """
        answers, heard = len(self._subscriptions), -1
        self._session.subscribe(topics, qos)
        while len(self._subscriptions) == answers:
            if len(self._waiting) != heard:
                heard, deadline = len(self._waiting), time.monotonic() + self._settings.connect_timeout_s
            self._step_before(deadline)
        if self._subscriptions[-1] is not None:
            raise BrokerError(self._subscriptions[-1])

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Send with QoS 1; back when the broker has it."""
        number = self._session.publish_reliably(topic, payload, retain)
        deadline = time.monotonic() + self._settings.connect_timeout_s
        while number not in self._acknowledged:
            self._step_before(deadline)
        failure = self._acknowledged.pop(number)
        if failure is not None:
            raise BrokerError(explain.denied(topic, failure, self._settings))

    def receive(self, timeout_s: float) -> Incoming | None:
        """The next message, None where none comes in time."""
        deadline = time.monotonic() + timeout_s
        while not self._waiting:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return None
            self._session.step(left_s)
        return self._waiting.popleft()

    def _step_before(self, deadline: float) -> None:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise BrokerError(explain.silence(self._settings, self._settings.connect_timeout_s))
        self._session.step(left_s)

    def _make_session(self, version: MQTTProtocolVersion) -> Session:
        return Session(
            self._settings,
            version,
            self._context,
            self._waker,
            on_acknowledged=self._acknowledged.__setitem__,
            on_message=self._waiting.append,
            on_subscribed=self._subscriptions.append,
        )
