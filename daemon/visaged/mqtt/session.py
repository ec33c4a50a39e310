"""One connection to a broker, from CONNECT to DISCONNECT, driven by the thread that owns it; others may send
in their turn.

paho's own network thread is not used: its ``loop_stop`` waits for a broker that may hang, and an exception inside it
goes unnoticed. Here the owner polls the socket, so every error surfaces as a BrokerError in its hands.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from visaged.errors import BrokerError
from visaged.mqtt import explain, properties, sockets
from visaged.mqtt.bounded import MALFORMED, BoundedClient, OversizeError
from visaged.mqtt.endings import ClosedEarlyError, OverlongError, SilenceError, TooLongError, VersionRefusedError
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.ration import Ration
from visaged.mqtt.readiness import Readiness
from visaged.mqtt.settings import BrokerSettings
from visaged.mqtt.wake import Waker

POLL_S = 0.2
MAX_WINDOW = 16
"""QoS 1 messages in flight; below paho's own limit of 20, so that paho never queues."""

SUBSCRIBE_OVERHEAD = 10
"""Bytes of a SUBSCRIBE for one topic, at most, beside it."""

_ALONE = contextlib.nullcontext()

Will = tuple[str, bytes]
"""Topic and payload of the last will: QoS 1, retained."""


class Session:
    """One connection. Every method belongs to one thread at a time; ``waker`` is how others interrupt ``step``. The
    broker takes ``window`` unacknowledged messages, and packets of ``longest_sent`` bytes, None: of any length.

    ``on_acknowledged(mid, failure)`` is called from ``step`` for each PUBACK (``failure`` is None or the broker's
    reason), ``on_message`` for each message of a subscription, ``on_subscribed`` with None or one sentence when the
    broker has answered all; without it a denied subscription ends the session. They must not raise. ``longest``:
    the bytes of a packet that is taken. ``ration``: what reading may cost, with all that comes of it; None: what it
    costs.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        version: MQTTProtocolVersion,
        context: ssl.SSLContext | None,
        waker: Waker,
        *,
        will: Will | None = None,
        on_acknowledged: Callable[[int, str | None], None] | None = None,
        on_message: Callable[[Incoming], None] | None = None,
        on_subscribed: Callable[[str | None], None] | None = None,
        longest: int = properties.MAX_PACKET,
        ration: Ration | None = None,
    ) -> None:
        self.version = version
        self.window = MAX_WINDOW
        self.longest_sent: int | None = None
        self._settings = settings
        self._waker = waker
        self._answer: ReasonCode | None = None
        self._end: tuple[ReasonCode, bool] | None = None
        self._denied: str | None = None
        self._on_acknowledged = on_acknowledged
        self._on_message = on_message
        self._on_subscribed = on_subscribed
        self._asked: dict[int | None, str] = {}
        self._failures: dict[str, str] = {}
        self._unasked: list[str] = []
        self._ration = ration
        self._readiness: Readiness | None = None
        self._expiry = properties.expiring(settings.expiry_s, version)
        self._client = self._make_client(context, will)
        self._client.longest = longest

    def open(self, cancelled: threading.Event, answer_within_s: float) -> None:
        """Connect, and wait ``answer_within_s`` for the broker's word from then on.

        Raises BrokerError, with one sentence, unless it welcomes us.
        """
        settings = self._settings
        try:
            limits = properties.connecting(self.version, self._client.longest) if self._on_message is not None else None
            self._client.connect(settings.host, settings.port, settings.keepalive_s, properties=limits)
            self._watch_socket()
            self._await_answer(cancelled, answer_within_s)
        except (OSError, UnicodeError) as exc:
            self.abort()
            raise BrokerError(explain.connect_failure(exc, settings)) from exc
        except BrokerError:
            self.abort()
            raise

    def step(self, timeout_s: float, turn: contextlib.AbstractContextManager[None] = _ALONE) -> None:
        """Move what can be moved within ``timeout_s``, in one's ``turn``; while this waits, others may have theirs.

        Raises BrokerError once the connection is gone.
        """
        with turn:
            if self._socket() is None or self._readiness is None:
                raise self._ending()
            buffered = self._readiness.buffered
        readable, writable = self._readiness.wait(timeout_s, self.congested, buffered)
        with turn:
            if readable:
                self._read()
            if writable:
                self._client.loop_write()
            self._client.loop_misc()
            if self._socket() is None:
                raise self._ending()

    def publish_frame(self, topic: str, payload: bytes) -> None:
        """Send with QoS 0, not retained, with expiry where the protocol has it."""
        self._client.on_publish = None  # paho would make up an acknowledgement to call it with, for each frame
        self._client.publish(topic, payload, qos=0, retain=False, properties=self._expiry)
        self._client.on_publish = self._published

    def publish_reliably(self, topic: str, payload: bytes, retain: bool, correlation: bytes | None = None) -> int:
        """Send with QoS 1; gives the message id that ``on_acknowledged`` will name.

        ``correlation``: what the answer to a request repeats, where the protocol can.
        """
        answer = properties.answering(correlation, self.version)
        return self._client.publish(topic, payload, qos=1, retain=retain, properties=answer).mid

    def subscribe(self, topics: list[str], qos: int = 1) -> None:
        """Ask for ``topics``, but for those too long for the broker; ``on_subscribed`` hears the answer.

        Without it a broker that denies one ends the session with a BrokerError in ``step``.
        """
        longest = self.longest_sent
        room = None if longest is None else longest - SUBSCRIBE_OVERHEAD
        self._unasked = [topic for topic in topics if room is not None and len(topic.encode()) > room]
        self._failures = {}
        # Each has a packet of its own: one for all may be longer than the broker takes.
        self._asked = {self._client.subscribe(topic, qos)[1]: topic for topic in topics if topic not in self._unasked}
        if not self._asked:
            self._tell_answer()

    @property
    def congested(self) -> bool:
        """The last message has not left for the kernel yet, or never will as the connection is gone."""
        return bool(self._client.want_write())

    def hurry(self) -> None:
        """From now on read all that comes, whatever it costs: an acknowledgement may wait behind it."""
        if self._readiness is not None:
            self._readiness.ration = None

    def close(self, deadline: float) -> None:
        """Take leave so that the will is not sent; by ``deadline`` (monotonic) the socket is closed in any case."""
        if (connection := self._socket()) is None:
            return
        with sockets.heard_out(connection, deadline), contextlib.suppress(BrokerError):
            self._client.disconnect()
            while time.monotonic() < deadline:
                self.step(min(POLL_S, max(0.0, deadline - time.monotonic())))
        self.abort()

    def abort(self) -> None:
        """Close the socket without taking leave: the broker will publish the will."""
        if (connection := self._socket()) is not None:
            connection.close()

    def _socket(self) -> socket.socket | None:
        connection = self._client.socket()
        return connection if isinstance(connection, socket.socket) else None

    def _make_client(self, context: ssl.SSLContext | None, will: Will | None) -> BoundedClient:
        settings = self._settings
        client = BoundedClient(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            protocol=self.version,
            reconnect_on_failure=False,
        )
        client.connect_timeout = settings.connect_timeout_s
        if settings.username is not None:
            client.username_pw_set(settings.username, settings.password)
        if context is not None:
            client.tls_set_context(context)
        if will is not None:
            client.will_set(will[0], will[1], qos=1, retain=True)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_publish = self._published
        client.on_subscribe = self._subscribed
        client.on_message = self._received
        return client

    def _watch_socket(self) -> None:
        connection = self._socket()
        if connection is None:
            raise self._ending()
        sockets.set_up(connection, self._settings.keepalive_s, is_rationed=self._ration is not None)
        self._readiness = Readiness(connection, self._waker, self._ration)

    def _await_answer(self, cancelled: threading.Event, within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while self._answer is None:
            if cancelled.is_set():
                raise BrokerError("The connection was given up because visaged stops.")
            if time.monotonic() >= deadline:
                raise SilenceError(explain.silence(self._settings, within_s))
            self.step(min(POLL_S, within_s))
        if self._answer.is_failure:
            raise self._ending()

    def _read(self) -> None:
        began = time.thread_time()
        try:
            self._client.loop_read()
        except MALFORMED as exc:
            self.abort()
            raise BrokerError(explain.nonsense(self._settings)) from exc
        except OversizeError as exc:
            self.abort()
            raise TooLongError(explain.oversize(exc.size, self._client.longest, self._settings)) from exc
        if self._ration is not None:
            self._ration.spend(time.thread_time() - began, time.monotonic())

    def _ending(self) -> BrokerError:
        """Why the connection is gone, as well as can be told."""
        settings = self._settings
        if self._denied is not None:
            return BrokerError(self._denied)
        if self._answer is None and self._client.tls_error is not None:
            return BrokerError(explain.connect_failure(self._client.tls_error, settings))
        if self._answer is None:
            return ClosedEarlyError(explain.closed_early(settings))
        if self._answer.is_failure:
            code, name = self._answer.value, self._answer.getName()
            kind = VersionRefusedError if code == explain.UNSUPPORTED_VERSION else BrokerError
            return kind(explain.refusal(code, name, settings))
        reason, by_broker = self._end or (ReasonCode(PacketTypes.DISCONNECT), False)
        kind = OverlongError if reason.value == explain.PACKET_TOO_LARGE else BrokerError
        return kind(explain.loss(reason.value, reason.getName(), by_broker, settings))

    def _tell_answer(self) -> None:
        denied = None
        if self._failures:
            what = f"the subscription to {', '.join(self._failures)}"
            denied = explain.denied(what, next(iter(self._failures.values())), self._settings)
        elif self._unasked and self.longest_sent is not None:
            denied = explain.unasked(self.longest_sent, self._unasked, self._settings)
        if self._on_subscribed is not None:
            self._on_subscribed(denied)
        elif denied is not None:
            self._denied = denied
            self._client.disconnect()

    # paho's callbacks, all called from ``step`` on the owner's thread, but for _disconnected, which is called on
    # whichever thread finds the connection lost, in its turn.

    def _connected(
        self, _client: paho.Client, _data: object, _flags: object, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._answer = reason
        self.window = min(MAX_WINDOW, getattr(properties, "ReceiveMaximum", MAX_WINDOW))
        self.longest_sent = getattr(properties, "MaximumPacketSize", None)

    def _disconnected(
        self, _client: paho.Client, _data: object, flags: paho.DisconnectFlags, reason: ReasonCode | None, _p: object
    ) -> None:
        # After the broker's own DISCONNECT paho reports the closed socket as well; the first report knows more.
        if self._end is None:
            self._end = (reason or ReasonCode(PacketTypes.DISCONNECT), flags.is_disconnect_packet_from_server)

    def _published(
        self, _client: paho.Client, _data: object, mid: int, reason: ReasonCode, _properties: object
    ) -> None:
        if self._on_acknowledged is not None:
            self._on_acknowledged(mid, reason.getName() if reason.is_failure else None)

    def _subscribed(
        self, _client: paho.Client, _data: object, mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        if (topic := self._asked.pop(mid, None)) is None:
            return
        for reason in reasons:
            if reason.is_failure:
                self._failures[topic] = reason.getName()
        if not self._asked:
            self._tell_answer()

    def _received(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return  # A topic that is not UTF-8 breaks the protocol; there is nobody to tell.
        if self._on_message is not None:
            given = message.properties
            response = getattr(given, "ResponseTopic", None), getattr(given, "CorrelationData", None)
            self._on_message(Incoming(topic, bytes(message.payload), message.retain, *response))
