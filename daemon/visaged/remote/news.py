"""What becomes of patches, said in the journal and as events, and counted."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from visaged.remote.host import Host
from visaged.remote.ledger import Document, Refusal
from visaged.remote.tally import Tally
from visaged.systemd.journal import fields

log = logging.getLogger("visaged")


class News:
    """Told to ``host`` and ``tally``."""

    def __init__(self, host: Host, tally: Tally) -> None:
        self._host = host
        self._tally = tally

    def applied(self, document: Document, state: str) -> None:
        """It is in force."""
        self._tally.add("applied")
        self._host.announce("config_applied", document.about | {"state": state})

    def kept(self, documents: Iterable[Document]) -> None:
        """They have passed their trial."""
        for document in documents:
            log.info("Version %d from %s is kept.", document.version, document.origin)
            self._host.announce("config_applied", document.about | {"state": "committed"})

    def taken_back(self, documents: Iterable[Document], gate: str, reason: str) -> None:
        """They have failed together."""
        self._tally.add("reverted")
        for document in documents:
            log.error("Version %d is taken back: %s: %s.", document.version, gate, reason)
            self._host.announce("config_reverted", document.about | {"gate": gate, "reason": reason})

    def rejected(self, refusal: Refusal) -> None:
        """It is not tried."""
        noted = fields(event="config_rejected", reason=refusal.reason)
        log.error("What %s asks for is rejected: %s", refusal.origin, refusal.reason, extra=noted)
        self._host.announce("config_rejected", refusal.about | {"error": refusal.reason})

    def cleared(self, origin: str) -> None:
        """Nothing is wanted from there any more."""
        self._tally.add("cleared")
        log.info("What %s asked for is cleared.", origin)
        self._host.announce("config_applied", {"origin": origin, "version": None, "hash": None, "state": "cleared"})
