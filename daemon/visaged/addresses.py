"""What a source is by its spelling alone, and whether it can be one at all."""

from __future__ import annotations

import re

from visaged.urls import redact

SCHEMES = ("rtsp://", "rtsps://", "http://", "https://", "udp://")

CSI = re.compile(r"rpicam(?::([0-9]{1,3}))?")
_NUMBER = re.compile(r"[0-9]{1,3}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_camera(uri: str) -> bool:
    """A device of this machine."""
    return bool(_NUMBER.fullmatch(uri) or CSI.fullmatch(uri)) or uri.startswith("/dev/")


def is_stream(uri: str) -> bool:
    """Something in the network."""
    return uri.lower().startswith(SCHEMES)


def objection(uri: str, *, is_exposed: bool) -> str | None:
    """Why ``uri`` cannot be a source, whatever there is; None: it may be. ``is_exposed``: exposure or gain are set."""
    if is_camera(uri):
        return None
    if _SCHEME.match(uri) and not is_stream(uri):
        return f"cannot read {redact(uri)}; addresses begin with {', '.join(SCHEMES)}"
    if is_exposed:
        return f"{redact(uri)} has no exposure to set; remove source.exposure_ms and source.gain"
    return None
