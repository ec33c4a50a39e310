"""The publisher: one broker, kept connected by one thread, fed from any other."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from visaged.backoff import Backoff
from visaged.errors import BrokerError
from visaged.mqtt import explain, properties
from visaged.mqtt.dialer import VERSION_NAMES, Dialer
from visaged.mqtt.endings import OverlongError, TooLongError
from visaged.mqtt.frame_queue import FrameQueue
from visaged.mqtt.guard import brief, guard
from visaged.mqtt.hearing import Hearing
from visaged.mqtt.incoming import Inbound
from visaged.mqtt.lent import Lent
from visaged.mqtt.limit import Limit
from visaged.mqtt.outbox import Outbox
from visaged.mqtt.patience import Patience
from visaged.mqtt.session import Session, Will
from visaged.mqtt.settings import BrokerSettings, tls_context
from visaged.mqtt.trouble import Trouble
from visaged.mqtt.wake import Waker
from visaged.thread_name import show_thread_name

log = logging.getLogger("visaged.mqtt")

MAX_FRAMES = 16
"""Frame messages that may wait for a slow broker; older ones give way to newer ones."""

MAX_EVENTS = 256

STEP_S = 1.0

LEAVE_S = 1.0
"""How long a broker may take to let a connection go that is given up."""


@dataclass(frozen=True, slots=True)
class PublisherStats:
    """A snapshot. ``protocol`` is "5", "3.1.1" or None while offline, ``backlog`` the frame messages that wait.

    ``left_out`` counts messages of any kind that are longer than what the broker takes.
    """

    connected: bool
    protocol: str | None
    reconnects: int
    dropped_frames: int
    dropped_events: int
    backlog: int
    left_out: int
    last_error: str | None


class Publisher:
    """Publishes for one device. All ``publish_`` methods return at once, from any thread, connected or not.

    ``will`` (topic, payload) is what the broker publishes, retained, if this process vanishes. ``on_connected`` is
    called on the publisher's thread after each connect, before the states go out; ``on_failed`` with one sentence
    should that thread ever die. ``inbound``: what is listened to, with a small share of a core at most; a broker that
    denies it is published to all the same, and so is one that twice running sends a packet too long for us: the
    connection after that hears nothing. ``on_limited`` is called with one sentence when the broker takes no packets as
    long as one of ours, which is then left out or sent in a shorter form, and with None when that is over; on the same
    thread, or on one that publishes a frame, never on two at once.
    Raises BrokerError where the TLS files of ``settings`` cannot be used.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        will: Will,
        on_connected: Callable[[], None] | None = None,
        on_failed: Callable[[str], None] | None = None,
        inbound: Inbound | None = None,
        *,
        on_limited: Callable[[str | None], None] | None = None,
    ) -> None:
        self._settings = settings
        self._on_connected = on_connected
        self._on_failed = on_failed
        self._frames = FrameQueue(MAX_FRAMES)
        self._outbox = Outbox(MAX_EVENTS)
        self._trouble = Trouble()
        self._patience = Patience(_backoff(settings))
        self._waker = Waker()
        self._hearing = Hearing(inbound)
        self._limit = Limit(settings, partial(guard, on_limited))
        self._dialer = self._make_dialer(will)
        self._stopping = threading.Event()
        self._connected = threading.Event()
        self._deadline = 0.0
        self._last_word: tuple[str, bytes] | None = None
        self._connects = 0
        self._protocol: str | None = None
        self._lent = Lent()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Begin to connect, in the background and for as long as it takes."""
        self._thread.start()

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait until the broker has welcomed us; false where it has not after ``timeout_s``."""
        return self._connected.wait(timeout_s)

    def stop(self, final: tuple[str, bytes] | None, timeout_s: float, *shorter: bytes) -> bool:
        """Send what is queued, then the ``final`` state, and take leave; true if the broker acknowledged all of it.

        Returns within ``timeout_s`` even if the broker hangs. Where ``final`` is not acknowledged in time, or the
        broker takes neither it nor one of ``shorter``, no leave is taken, so that the broker publishes the will and no
        stale "online" stays behind.
        """
        if final is not None:
            self._outbox.put_state(*final, *shorter)
            self._last_word = final[0], (final[1], *shorter)[-1]
        self._deadline = time.monotonic() + timeout_s
        self._stopping.set()
        self._frames.finish()
        self._waker.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return self._outbox.empty and not self._thread.is_alive() and self._is_last_word_taken()

    def publish_frame(self, topic: str, payload: bytes) -> bool:
        """Send with QoS 0, not retained. False, and counted, while offline.

        With more than 16 waiting for a slow broker the oldest is dropped and counted: the newest frame matters most.
        """
        taken = self._frames.put(topic, payload)
        if taken and not self._lent.use(self._pump_frames):
            self._waker.wake()
        return taken

    def publish_state(self, topic: str, payload: bytes, *shorter: bytes) -> None:
        """Send with QoS 1, retained, now or as soon as there is a broker, and again after every reconnect.

        ``shorter``: what is sent instead where the broker does not take so much, the longest first.
        """
        self._outbox.put_state(topic, payload, *shorter)
        self._waker.wake()

    def publish_event(self, topic: str, payload: bytes) -> None:
        """Send with QoS 1, not retained; at most 256 wait while offline, then the oldest is dropped and counted."""
        self._outbox.put_event(topic, payload)
        self._waker.wake()

    def publish_answer(self, topic: str, payload: bytes, correlation: bytes | None, *shorter: bytes) -> None:
        """As an event, with what its sender knows the request by; not again should the connection end over it."""
        self._outbox.put_answer(topic, payload, correlation, *shorter)
        self._waker.wake()

    @property
    def stats(self) -> PublisherStats:
        """How it goes."""
        return PublisherStats(
            connected=self._connected.is_set(),
            protocol=self._protocol,
            reconnects=max(0, self._connects - 1),
            dropped_frames=self._frames.dropped,
            dropped_events=self._outbox.dropped_events,
            backlog=len(self._frames),
            left_out=self._limit.left_out,
            last_error=self._trouble.sentence,
        )

    def _make_dialer(self, will: Will) -> Dialer:
        make = partial(
            Session,
            self._settings,
            context=tls_context(self._settings),
            waker=self._waker,
            will=will,
            on_acknowledged=self._acknowledged,
            on_message=self._hearing.received if self._hearing.receives else None,
            on_subscribed=self._hearing.subscribed,
            longest=properties.MAX_ORDER,
            ration=self._hearing.ration,
        )
        return Dialer(self._settings, make)

    # From here on everything runs on the publisher's thread, but for _pump_frames, which runs on any.

    def _run(self) -> None:
        show_thread_name()
        try:
            while not self._stopping.is_set():
                if not self._live_once():
                    self._stopping.wait(self._patience.next_delay())
        except Exception as exc:  # the top of the thread
            log.debug("The MQTT thread died.", exc_info=exc)
            sentence = f"The MQTT thread died of {brief(exc)}; --set log.level=debug shows where."
            self._trouble.note(sentence)
            guard(self._on_failed, sentence)

    def _live_once(self) -> bool:
        """One connection, from dialling to its end; whether the next one is to begin at once."""
        try:
            session = self._dialer.dial(self._stopping)
        except BrokerError as exc:
            self._report(str(exc))
            return False
        began = time.monotonic()
        try:
            return self._serve(session)
        except BrokerError as exc:
            self._patience.lived(time.monotonic() - began)
            self._hearing.ended(exc, time.monotonic() - began)
            is_explained = isinstance(exc, (TooLongError, OverlongError))
            hint = explain.RIVAL_HINT if self._patience.exhausted and not is_explained else ""
            self._report(f"{exc}{hint}")
            return False
        finally:
            self._lent.take_back()
            session.abort()
            self._go_offline()

    def _serve(self, session: Session) -> bool:
        """Until the end of it, or of all (False), or until it is given up for a new one (True)."""
        self._go_online(session)
        while not self._stopping.is_set():
            self._pump(session)
            session.step(STEP_S, self._lent)
            if self._hearing.watch(time.monotonic()):
                log.info("Connecting again, which leaves behind what waits at the broker to be read.")
                self._lent.take_back()
                session.close(time.monotonic() + LEAVE_S)
                return True
        self._lent.take_back()
        session.hurry()
        self._pump(session)
        while not self._all_sent(session) and time.monotonic() < self._deadline:
            session.step(max(0.0, min(STEP_S, self._deadline - time.monotonic())))
            self._pump(session)
        if self._all_sent(session) and self._is_last_word_taken():
            session.close(self._deadline)
        return False

    def _is_last_word_taken(self) -> bool:
        return self._last_word is None or self._limit.takes(*self._last_word)

    def _all_sent(self, session: Session) -> bool:
        return self._outbox.empty and not self._frames and not session.congested

    def _pump(self, session: Session) -> None:
        """Hand over what the connection takes without queueing."""
        with self._lent:
            self._pump_frames(session)
            while not session.congested and (letter := self._outbox.next_due(session.window)):
                forms = (letter.payload, *letter.shorter)
                payload = self._limit.fitting(letter.topic, forms, letter.correlation, is_ours=not letter.once)
                if payload is not None:
                    mid = session.publish_reliably(letter.topic, payload, letter.retain, letter.correlation)
                    self._outbox.sent(mid, letter)

    def _pump_frames(self, session: Session) -> None:
        while not session.congested and (frame := self._frames.take()):
            if self._limit.fitting(frame[0], [frame[1]]) is not None:
                session.publish_frame(*frame)

    def _acknowledged(self, mid: int, failure: str | None) -> None:
        letter = self._outbox.acknowledged(mid)
        if letter is None or failure is None:
            return
        sentence = explain.denied(letter.topic, failure, self._settings)
        if letter.once:
            log.info("%s", sentence)  # a stranger has chosen the topic
        else:
            self._report(sentence)

    def _go_online(self, session: Session) -> None:
        version = VERSION_NAMES[session.version]
        log.info("Connected to the MQTT broker at %s with MQTT %s.", self._settings.address, version)
        self._connects += 1
        self._protocol = version
        self._trouble.over()
        self._outbox.restart()
        self._limit.begin(session.longest_sent)
        guard(self._on_connected)
        self._hearing.begin(session)
        self._lent.give(session)
        self._frames.open()
        self._connected.set()

    def _go_offline(self) -> None:
        self._connected.clear()
        self._frames.close()
        self._protocol = None

    def _report(self, sentence: str) -> None:
        """Note what went wrong, unless it is the end that did it."""
        if not self._stopping.is_set():
            self._trouble.note(sentence)


def _backoff(settings: BrokerSettings) -> Backoff:
    # Jitter must differ between devices, so this one generator is not seeded.
    return Backoff(settings.backoff_min_s, settings.backoff_max_s, random.Random())
