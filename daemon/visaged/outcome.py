"""What a run of the daemon came to."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from visaged.errors import VisagedError

log = logging.getLogger("visaged")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to: frames processed, left out and with a face; seconds; messages the broker never got."""

    frames: int
    skipped: int
    with_face: int
    seconds: float
    dropped: int


def explained(reason: str, error: BaseException) -> VisagedError:
    """What ended the daemon, in one sentence; where it happened only where the log asks for that much."""
    if isinstance(error, VisagedError):
        return error
    log.debug("%s", reason, exc_info=error)
    what = str(error).partition("\n")[0]
    return VisagedError(f"{reason} of {type(error).__name__}: {what}; --set log.level=debug shows where")
