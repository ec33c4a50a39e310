"""What of how it went before a new configuration can be compared with how it goes after, and what is new. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from visaged.config import Config, changed
from visaged.config.keys import Key
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


def opening_s(keys: Iterable[Key], new: Config) -> float:
    """How long the source may take to open that ``new`` begins with because ``keys`` have changed; 0: it is open."""
    return new.source.open_timeout_s if any(key.use.applies in ("source", "all") for key in keys) else 0.0
