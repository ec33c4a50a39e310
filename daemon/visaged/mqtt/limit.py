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
    new one begins, on whichever thread sends, one at a time; anybody may read ``left_out``, a count of messages."""

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
        found = next((form for form in forms if self.takes(topic, form, correlation)), None)
        self.left_out += found is None
        if self._longest is not None and found is not forms[0]:
            self._tell(topic, self._longest, is_ours)
        return found

    def takes(self, topic: str, payload: bytes, correlation: bytes | None = None) -> bool:
        """Whether the broker takes a message of that length."""
        if self._longest is None:
            return True
        return OVERHEAD + len(topic.encode()) + len(payload) + len(correlation or b"") <= self._longest

    def _tell(self, topic: str, longest: int, is_ours: bool) -> None:
        if not is_ours:
            log.debug("%s", explain.limited(longest, [topic], self._settings))
        elif topic not in self._topics:
            self._topics.add(topic)
            sentence = explain.limited(longest, sorted(self._topics), self._settings)
            log.warning("%s", sentence)
            self._on_change(sentence)
