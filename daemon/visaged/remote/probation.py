"""Of a configuration that is in force without a trial: whether the daemon can live with it, and whether it is good."""

from __future__ import annotations

from visaged.config import Loaded
from visaged.remote.ledger import Ledger


class Probation:
    """Of a daemon that was started at ``born`` (monotonic)."""

    def __init__(self, born: float) -> None:
        self._born = self._began = born
        self._is_over = False

    def begin(self, now: float) -> None:
        """Another configuration has come into force."""
        self._began, self._is_over = now, False

    def end(self) -> None:
        """What is in force has passed a trial."""
        self._is_over = True

    def look(self, ledger: Ledger, loaded: Loaded, now: float, *, is_well: bool) -> Ledger:
        """``ledger`` with what is known at ``now``: a daemon that has lived for as long as a trial is no bad boot, and
        ``loaded`` is good if it has been in force for as long and all is well."""
        seconds = loaded.config.remote.trial_s
        if now - self._born >= seconds and ledger.boots:
            ledger = ledger.settled()
        if self._is_over or not is_well or now - self._began < seconds:
            return ledger
        self._is_over = True
        return ledger.proved(loaded)
