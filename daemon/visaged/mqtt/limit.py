"""The longest packet that a broker takes: it ends the connection over a longer one, so that is not sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from visaged.mqtt import explain
from visaged.mqtt.settings import BrokerSettings

log = logging.getLogger("visaged.mqtt")

OVERHEAD = 32
"""Bytes of a packet, at most, beside topic, payload and correlation data: its length, its id, and its properties."""


class Limit:
    """``on_change`` gets one sentence when something is left out for the first time on a connection, and None when a
    new one begins. Belongs to the publisher's thread; anybody may read ``left_out``, a count of messages."""

    def __init__(self, settings: BrokerSettings, on_change: Callable[[str | None], None]) -> None:
        self._settings = settings
        self._on_change = on_change
        self._longest: int | None = None
        self._topics: set[str] = set()
        self.left_out = 0

    def begin(self, longest: int | None) -> None:
        """A new connection, to a broker that takes packets of so many bytes; None: of any length."""
        self._longest = longest
        if self._topics:
            self._topics.clear()
            self._on_change(None)

    def fitting(
        self, topic: str, forms: Sequence[bytes], correlation: bytes | None = None, *, is_ours: bool = True
    ) -> bytes | None:
        """The first of ``forms``, each shorter than the one before, that the broker takes; None: it takes none.

        ``is_ours``: whether the topic is, and not a stranger's choice.
        """
        if self._longest is None:
            return forms[0]
        room = self._longest - OVERHEAD - len(topic.encode()) - len(correlation or b"")
        found = next((form for form in forms if len(form) <= room), None)
        self.left_out += found is None
        if found is not forms[0]:
            self._tell(topic, self._longest, is_ours)
        return found

    def _tell(self, topic: str, longest: int, is_ours: bool) -> None:
        if topic in self._topics:
            return
        if is_ours:
            self._topics.add(topic)
        sentence = explain.limited(longest, sorted(self._topics) or [topic], self._settings)
        log.warning("%s", sentence)
        if is_ours:
            self._on_change(sentence)
