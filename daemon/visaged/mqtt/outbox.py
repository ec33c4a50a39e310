"""What must arrive (QoS 1) and has not been acknowledged yet. Pure bookkeeping; safe to use from several threads."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """One QoS 1 message; a retained one is a state, any other an event, or the answer to a request.

    ``once``: not sent again should the connection end before the broker has acknowledged it. ``shorter``: what is sent
    instead to a broker that does not take so much, the longest first.
    """

    topic: str
    payload: bytes
    retain: bool
    correlation: bytes | None = None
    once: bool = False
    shorter: tuple[bytes, ...] = ()


class Outbox:
    """States are remembered, one per topic, and sent again on every connection; events are sent once, in order.

    A state that changes while its last version is in flight waits for the acknowledgement, and only its newest version
    follows. Memory is bounded by the number of state topics and ``max_events``; beyond that the oldest event goes.
    """

    def __init__(self, max_events: int) -> None:
        self._lock = threading.Lock()
        self._max_events = max_events
        self._states: dict[str, tuple[bytes, ...]] = {}
        self._due: dict[str, None] = {}
        self._events: deque[Letter] = deque()
        self._in_flight: dict[int, Letter] = {}
        self._dropped = 0

    def put_state(self, topic: str, payload: bytes, *shorter: bytes) -> None:
        """Remember the newest ``payload`` of a state topic; it is due now."""
        with self._lock:
            self._states[topic] = (payload, *shorter)
            self._due[topic] = None

    def put_event(self, topic: str, payload: bytes) -> None:
        """Queue an event, at the price of the oldest one where the queue is full."""
        self._queue(Letter(topic, payload, retain=False))

    def put_answer(self, topic: str, payload: bytes, correlation: bytes | None, *shorter: bytes) -> None:
        """Queue an answer behind the events. Its topic and its size are a stranger's choice.

        Should the broker end the connection over it, sending it again would end every other connection, too.
        """
        self._queue(Letter(topic, payload, retain=False, correlation=correlation, once=True, shorter=shorter))

    def restart(self) -> None:
        """A new connection: every state is due, and events that were in flight go back to the front."""
        with self._lock:
            events = [letter for letter in self._in_flight.values() if not (letter.retain or letter.once)]
            self._events.extendleft(reversed(events))
            self._in_flight.clear()
            self._due = dict.fromkeys(self._states)
            self._trim()

    def next_due(self, window: int) -> Letter | None:
        """Take the next letter to send, None where nothing is due or ``window`` letters are in flight."""
        with self._lock:
            if len(self._in_flight) >= window:
                return None
            busy = {letter.topic for letter in self._in_flight.values() if letter.retain}
            topic = next((topic for topic in self._due if topic not in busy), None)
            if topic is not None:
                del self._due[topic]
                payload, *shorter = self._states[topic]
                return Letter(topic, payload, retain=True, shorter=tuple(shorter))
            return self._events.popleft() if self._events else None

    def sent(self, mid: int, letter: Letter) -> None:
        """``letter`` went out with message id ``mid``."""
        with self._lock:
            self._in_flight[mid] = letter

    def acknowledged(self, mid: int) -> Letter | None:
        """The letter that the broker has taken, None for an id that is not in flight."""
        with self._lock:
            return self._in_flight.pop(mid, None)

    @property
    def empty(self) -> bool:
        """Nothing is due and nothing is in flight."""
        with self._lock:
            return not (self._due or self._events or self._in_flight)

    @property
    def dropped_events(self) -> int:
        """How many events were given up because the queue was full."""
        return self._dropped

    def _queue(self, letter: Letter) -> None:
        with self._lock:
            self._events.append(letter)
            self._trim()

    def _trim(self) -> None:
        while len(self._events) > self._max_events:
            self._events.popleft()
            self._dropped += 1
