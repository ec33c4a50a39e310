"""The thread that reads what is configured from afar, however long that takes, beside the one that acts on it."""

from __future__ import annotations

import time
from collections.abc import Callable

from visaged.config import Patch, Problem
from visaged.remote.desired import RejectedError, Terms, name_of, read_desired
from visaged.remote.inbox import Inbox
from visaged.remote.ledger import Document

UNSIGNED_CLEAR = "who signs cannot clear by an empty message; send a signed patch without keys instead"

SHARE = 0.01
"""Of a processor core, for reading patches: the worst 32 KiB take a tenth of a second, and may come again and again."""

Outcome = tuple[Document, Patch] | RejectedError | None
"""What a message is: a patch and what is to be kept of it, nothing that can be tried, or (None) an empty one."""


class Reader:
    """Hands each message of ``inbox`` to ``receive``: from whom, the bytes, and what they are. ``terms`` says how it is
    judged now."""

    def __init__(
        self, inbox: Inbox, terms: Callable[[], Terms], receive: Callable[[str, bytes, Outcome], None]
    ) -> None:
        self._inbox = inbox
        self._terms = terms
        self._receive = receive

    def run(self) -> None:
        """Until the inbox is closed."""
        while (taken := self._inbox.take()) is not None:
            origin, data = taken
            began = time.thread_time()
            self._receive(origin, data, _read(data, origin, self._terms()))
            self._inbox.rest((time.thread_time() - began) / SHARE)


def _read(data: bytes, origin: str, terms: Terms) -> Outcome:
    if not data:
        return RejectedError("unsigned", [Problem(name_of(origin), UNSIGNED_CLEAR)]) if terms.keys else None
    try:
        return read_desired(data, origin, terms)
    except RejectedError as exc:
        return exc
