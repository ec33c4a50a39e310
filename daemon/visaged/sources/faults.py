"""What can be wrong with a camera, by name. Imports nothing heavy: the processes that read cameras use it, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fault = Literal["gone", "refused", "denied", "unsupported", "ended", "stalled", "frozen", "black", "slow"]
"""Not there; there, but not for us now; or not with this password; set to what it does not offer; its program or
connection ended; no pictures come; always the same picture; nothing to be seen; far fewer pictures than asked for."""

NO_USE: frozenset[Fault] = frozenset({"denied", "unsupported"})
"""What opening it again soon will not mend; after a few wrong passwords network cameras lock themselves."""

WITH_FRAMES: frozenset[Fault] = frozenset({"black", "slow"})
"""With these, frames go on being processed: a black picture may be a dark car."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the camera now, in one word and in one sentence."""

    fault: Fault
    reason: str


def unstartable(exc: OSError) -> Trouble:
    """The system has no process to give to who would read the camera."""
    return Trouble("refused", f"no process can be started to read the camera: {exc.strerror}")


def last_words(trouble: Trouble) -> str:
    """How a process that reads a camera says why it ends, on a line of its own."""
    return f"\n{trouble.fault}\t{trouble.reason}\n"


class ReaderError(Exception):
    """Ends a process that reads a camera; says why in one sentence."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.trouble = Trouble(fault, reason)
