"""Patches that came before it is known how things go without them: right after the start, or while another is tried."""

from __future__ import annotations

from collections.abc import Collection

from visaged.config import Patch
from visaged.remote.history import LONGEST_START_S
from visaged.remote.ledger import DEVICE, Document, Ledger

REASON = f"it is tried as soon as frames flow, or once none have for {LONGEST_START_S:g} s"


class Waiting:
    """The newest patch of each origin."""

    def __init__(self) -> None:
        self._patches: dict[str, tuple[Document, Patch]] = {}

    def __bool__(self) -> bool:
        return bool(self._patches)

    @property
    def patches(self) -> list[tuple[Document, Patch]]:
        """Those that wait, the device's own before others."""
        return sorted(self._patches.values(), key=lambda waits: waits[0].origin != DEVICE)

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

    def take(self, trial: Collection[str]) -> tuple[Document, Patch] | None:
        """The next one that may be tried where what is on ``trial`` came from these origins, of which it must be the
        only one; None: there is none."""
        taken = next((waits for waits in self.patches if {*trial} <= {waits[0].origin}), None)
        if taken is not None:
            self.drop(taken[0].origin)
        return taken
