"""What is wrong at the moment, by name, and the one state that it comes to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Literal

Condition = Literal["camera", "snapshots", "commands", "broker", "storage", "configuration", "heat"]
"""In the order in which their troubles are told."""

ORDER: tuple[Condition, ...] = ("camera", "snapshots", "commands", "broker", "storage", "configuration", "heat")


class Conditions:
    """The daemon is online while nothing is wrong, else degraded, and the reasons are told one after the other.

    Any thread may report. ``on_change(state, reason)`` is called for each change, in their order, and must return at
    once; not before the first report, for until then ``troubles`` is what was told.
    """

    def __init__(
        self,
        troubles: Mapping[Condition, str],
        on_change: Callable[[Literal["online", "degraded"], str | None], None],
    ) -> None:
        self._lock = threading.Lock()
        self._troubles = dict(troubles)
        self._on_change = on_change
        self._told = self._reason()

    @property
    def reason(self) -> str | None:
        """Why the daemon is degraded, None where it is not."""
        return self._told

    def of(self, condition: Condition) -> str | None:
        """What is wrong with that, None where nothing is."""
        with self._lock:
            return self._troubles.get(condition)

    def report(self, condition: Condition, reason: str | None) -> None:
        """Something is wrong, for ``reason``, or is right again (None)."""
        with self._lock:
            if reason is None:
                self._troubles.pop(condition, None)
            else:
                self._troubles[condition] = reason
            now = self._reason()
            if now != self._told:
                self._told = now
                self._on_change("online" if now is None else "degraded", now)

    def _reason(self) -> str | None:
        return "; ".join(self._troubles[name] for name in ORDER if name in self._troubles) or None
