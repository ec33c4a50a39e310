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
    return VisagedError(f"{reason} of {said(error)}; --set log.level=debug shows where")


def said(error: BaseException) -> str:
    """Our own errors are sentences; of any other the kind and the first line, which may be empty."""
    what = str(error)
    if isinstance(error, VisagedError):
        return what
    name = "MemoryError (no memory is left)" if isinstance(error, MemoryError) else type(error).__name__
    return f"{name}: {what.splitlines()[0]}" if what else name
