"""What became of all that came, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from visaged.remote.inbox import Inbox

NAMES = ("applied", "ignored", "cleared", "reverted", "rejected", "unsigned", "wrongly_signed", "replayed")


class Tally:
    """Since the start; the last three of ``NAMES`` are rejected as well."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._counts: Counter[str] = Counter()

    def add(self, *names: str) -> None:
        """One more of each."""
        self._counts.update(set(names))

    def facts(self) -> Mapping[str, int]:
        """All of it; ``superseded``: gave way to a newer one before it was looked at."""
        counts = {name: self._counts[name] for name in NAMES}
        return counts | {"received": self._inbox.received, "superseded": self._inbox.superseded}
