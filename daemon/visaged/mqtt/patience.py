"""How long to wait before the next connection, judged by how long the ones before held."""

from __future__ import annotations

from visaged.backoff import Backoff

STABLE_S = 10.0
"""A connection that held this long was no accident: the next reconnect starts with short delays again."""

SHORT_LIVES = 3
"""Connections in a row that ended before that; more than bad luck."""


class Patience:
    """Delays that grow with each failure; a connection that held is what brings short ones back."""

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._short_lives = 0

    @property
    def exhausted(self) -> bool:
        """Every one of the last connections was welcomed and ended soon after."""
        return self._short_lives >= SHORT_LIVES

    def next_delay(self) -> float:
        """Seconds to wait now."""
        return self._backoff.next()

    def lived(self, seconds: float) -> None:
        """A connection ended that had held for ``seconds``."""
        if seconds < STABLE_S:
            self._short_lives += 1
        else:
            self._short_lives = 0
            self._backoff.reset()
