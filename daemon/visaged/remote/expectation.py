"""What of how it went before a new configuration can be compared with how it goes after. Pure."""

from __future__ import annotations

from dataclasses import replace

from visaged.config import Config, changed
from visaged.remote.gates import Before


def comparable(before: Before, old: Config, new: Config) -> Before:
    """``before``, with what ``new`` means to change left out: another source has another rate and latency, and who asks
    for fewer frames, or for less of the processor, gets them."""
    paths = {key.path for key in changed(old, new)}
    if paths & {"source.uri", "source.pace"}:
        return replace(before, fps=None, latency_ms=None)
    if "source.fps" in paths and new.source.fps and before.fps is not None:
        return replace(before, fps=min(before.fps, new.source.fps))
    if any(path.startswith("thermal.") for path in paths):
        return replace(before, fps=None)
    return before
