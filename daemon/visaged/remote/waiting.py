"""Patches that came before it is known how things go without them: right after the start nothing can be compared."""

from __future__ import annotations

import time

from visaged.config import Patch
from visaged.remote.ledger import Document, Ledger

START_S, LONGEST_START_S = 2.0, 15.0
"""How long the daemon runs before something is tried: with frames, and without."""

REASON = f"it is tried as soon as frames flow, and {LONGEST_START_S:g} s after the start in any case"


class Waiting:
    """The newest patch of each origin."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._patches: dict[str, tuple[Document, Patch]] = {}

    def __bool__(self) -> bool:
        return bool(self._patches)

    def age(self, now: float) -> float:
        """How long the daemon has been running at ``now`` (monotonic seconds)."""
        return now - self._began

    @property
    def patches(self) -> list[tuple[Document, Patch]]:
        """Those that wait."""
        return list(self._patches.values())

    def over(self, ledger: Ledger, origin: str) -> Ledger:
        """``ledger`` as if that of ``origin`` were tried already, by which the next one from there is judged."""
        return ledger.begin(self._patches[origin][0]) if origin in self._patches else ledger

    def put(self, document: Document, patch: Patch) -> None:
        """It takes the place of the one before."""
        self._patches[document.origin] = (document, patch)

    def drop(self, origin: str) -> bool:
        """That one is not wanted any more; whether there was one."""
        return self._patches.pop(origin, None) is not None

    def drop_all(self) -> None:
        """None is wanted any more."""
        self._patches = {}

    def take(self, now: float, *, is_comparable: bool) -> list[tuple[Document, Patch]]:
        """Those that may be tried at ``now``; ``is_comparable``: whether it is known how things go."""
        if (not is_comparable and self.age(now) < LONGEST_START_S) or self.age(now) < START_S:
            return []
        taken, self._patches = self.patches, {}
        return taken
