"""The publisher: one broker, kept connected by one thread, fed from any other."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from paho.mqtt.enums import MQTTProtocolVersion

from visaged.backoff import Backoff
from visaged.errors import BrokerError
from visaged.mqtt import explain
from visaged.mqtt.dialer import VERSION_NAMES, Dialer
from visaged.mqtt.outbox import Outbox
from visaged.mqtt.session import Session, Will
from visaged.mqtt.settings import BrokerSettings, tls_context
from visaged.mqtt.wake import Waker

log = logging.getLogger("visaged.mqtt")

MAX_FRAMES = 16
"""Frame messages that may wait for a slow broker; older ones give way to newer ones."""

MAX_EVENTS = 256
STABLE_S = 10.0
"""A connection that held this long was no accident: the next reconnect starts with short delays again."""

SHORT_LIVES = 3
"""Connections in a row that ended before that; more than bad luck."""

STEP_S = 1.0


@dataclass(frozen=True, slots=True)
class PublisherStats:
    """A snapshot. ``protocol`` is "5", "3.1.1" or None while offline, ``backlog`` the frame messages that wait."""

    connected: bool
    protocol: str | None
    reconnects: int
    dropped_frames: int
    dropped_events: int
    backlog: int
    callback_errors: int
    last_error: str | None


class Publisher:
    """Publishes for one device. All ``publish_`` methods return at once, from any thread, connected or not.

    ``will`` (topic, payload) is what the broker publishes, retained, if this process vanishes. ``on_connected`` is
    called on the publisher's thread after each connect, before the states go out; ``on_failed`` with one sentence
    should that thread ever die. Raises BrokerError where the TLS files of ``settings`` cannot be used.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        will: Will,
        on_connected: Callable[[], None] | None = None,
        on_failed: Callable[[str], None] | None = None,
    ) -> None:
        self._settings = settings
        self._will = will
        self._on_connected = on_connected
        self._on_failed = on_failed
        self._context = tls_context(settings)
        self._waker = Waker()
        self._dialer = Dialer(settings.protocol, self._make_session)
        # Jitter must differ between devices, so this one generator is not seeded.
        self._backoff = Backoff(settings.backoff_min_s, settings.backoff_max_s, random.Random())
        self._outbox = Outbox(MAX_EVENTS)
        self._frames: deque[tuple[str, bytes]] = deque()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._connected = threading.Event()
        self._deadline = 0.0
        self._connects = 0
        self._short_lives = 0
        self._protocol: str | None = None
        self._dropped_frames = 0
        self._callback_errors = 0
        self._last_error: str | None = None
        self._logged: str | None = None
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Begin to connect, in the background and for as long as it takes."""
        self._thread.start()

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait until the broker has welcomed us; false where it has not after ``timeout_s``."""
        return self._connected.wait(timeout_s)

    def stop(self, final: tuple[str, bytes] | None, timeout_s: float) -> bool:
        """Send what is queued, then the ``final`` state, and take leave; true if the broker acknowledged all of it.

        Returns within ``timeout_s`` even if the broker hangs. Where ``final`` is not acknowledged in time no leave is
        taken, so that the broker publishes the will and no stale "online" stays behind.
        """
        if final is not None:
            self._outbox.put_state(*final)
        self._deadline = time.monotonic() + timeout_s
        self._stopping.set()
        self._waker.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return self._outbox.empty and not self._thread.is_alive()

    def publish_frame(self, topic: str, payload: bytes) -> bool:
        """Send with QoS 0, not retained. False, and counted, while offline.

        With more than 16 waiting for a slow broker the oldest is dropped and counted: the newest frame matters most.
        """
        with self._lock:
            if not self._connected.is_set() or self._stopping.is_set():
                self._dropped_frames += 1
                return False
            if len(self._frames) >= MAX_FRAMES:
                self._frames.popleft()
                self._dropped_frames += 1
            self._frames.append((topic, payload))
        self._waker.wake()
        return True

    def publish_state(self, topic: str, payload: bytes) -> None:
        """Send with QoS 1, retained, now or as soon as there is a broker, and again after every reconnect."""
        self._outbox.put_state(topic, payload)
        self._waker.wake()

    def publish_event(self, topic: str, payload: bytes) -> None:
        """Send with QoS 1, not retained; at most 256 wait while offline, then the oldest is dropped and counted."""
        self._outbox.put_event(topic, payload)
        self._waker.wake()

    @property
    def stats(self) -> PublisherStats:
        """How it goes."""
        with self._lock:
            return PublisherStats(
                connected=self._connected.is_set(),
                protocol=self._protocol,
                reconnects=max(0, self._connects - 1),
                dropped_frames=self._dropped_frames,
                dropped_events=self._outbox.dropped_events,
                backlog=len(self._frames),
                callback_errors=self._callback_errors,
                last_error=self._last_error,
            )

    # From here on everything runs on the publisher's thread.

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._live_once()
                self._stopping.wait(self._backoff.next())
        except Exception as exc:  # top of the thread
            log.exception("The MQTT thread died.")
            self._last_error = f"The MQTT thread died of {type(exc).__name__}: {exc}."
            self._guard(self._on_failed, self._last_error)

    def _live_once(self) -> None:
        """One connection, from dialling to its end."""
        try:
            session = self._dialer.dial(self._stopping)
        except BrokerError as exc:
            self._report(str(exc))
            return
        began = time.monotonic()
        try:
            self._serve(session)
        except BrokerError as exc:
            self._judge_life(time.monotonic() - began)
            hint = explain.RIVAL_HINT if self._short_lives >= SHORT_LIVES else ""
            self._report(f"{exc}{hint}")
        finally:
            session.abort()
            self._go_offline()

    def _judge_life(self, lasted_s: float) -> None:
        if lasted_s < STABLE_S:
            self._short_lives += 1
        else:
            self._short_lives = 0
            self._backoff.reset()

    def _serve(self, session: Session) -> None:
        self._go_online(session)
        while not self._stopping.is_set():
            self._pump(session)
            session.step(STEP_S)
        while not self._all_sent(session) and time.monotonic() < self._deadline:
            self._pump(session)
            session.step(max(0.0, min(STEP_S, self._deadline - time.monotonic())))
        if self._all_sent(session):
            session.close(self._deadline)

    def _all_sent(self, session: Session) -> bool:
        return self._outbox.empty and not self._frames and not session.congested

    def _pump(self, session: Session) -> None:
        """Hand over what the connection takes without queueing."""
        while self._frames and not session.congested:
            with self._lock:
                topic, payload = self._frames.popleft()
            session.publish_frame(topic, payload)
        while not session.congested and (letter := self._outbox.next_due(session.window)):
            self._outbox.sent(session.publish_reliably(letter.topic, letter.payload, letter.retain), letter)

    def _acknowledged(self, mid: int, failure: str | None) -> None:
        letter = self._outbox.acknowledged(mid)
        if letter is not None and failure is not None:
            self._report(explain.denied(letter.topic, failure, self._settings))

    def _go_online(self, session: Session) -> None:
        version = VERSION_NAMES[session.version]
        log.info("Connected to the MQTT broker at %s with MQTT %s.", self._settings.address, version)
        with self._lock:
            self._connects += 1
            self._protocol = version
            self._last_error = self._logged = None
        self._outbox.restart()
        self._guard(self._on_connected)
        self._connected.set()

    def _go_offline(self) -> None:
        with self._lock:
            self._connected.clear()
            self._protocol = None
            self._dropped_frames += len(self._frames)
            self._frames.clear()

    def _make_session(self, version: MQTTProtocolVersion) -> Session:
        return Session(
            self._settings,
            version,
            self._context,
            self._waker,
            will=self._will,
            on_acknowledged=self._acknowledged,
        )

    def _report(self, sentence: str) -> None:
        """Keep the latest trouble, and log it once until it changes or a connection succeeds."""
        self._last_error = sentence
        if sentence != self._logged and not self._stopping.is_set():
            self._logged = sentence
            log.warning("%s", sentence)

    def _guard(self, callback: Callable[..., None] | None, *args: str) -> None:
        if callback is None:
            return
        try:
            callback(*args)
        except Exception:  # a stranger's code must not end the connection
            self._callback_errors += 1
            log.exception("A callback of the MQTT publisher failed.")
