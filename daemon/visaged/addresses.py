"""What a source is by its spelling alone, and whether it can be one at all."""

from __future__ import annotations

import re

from visaged.urls import redact

SCHEMES = ("rtsp://", "rtsps://", "http://", "https://", "udp://")

CSI = re.compile(r"rpicam(?::([0-9]{1,3}))?")
SYNTHETIC = re.compile(r"synthetic(?::([0-9]{1,9}))?")
_NUMBER = re.compile(r"[0-9]{1,3}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_camera(uri: str) -> bool:
    """A device of this machine."""
    return bool(_NUMBER.fullmatch(uri) or CSI.fullmatch(uri)) or uri.startswith("/dev/")


def is_stream(uri: str) -> bool:
    """Something in the network."""
    return uri.lower().startswith(SCHEMES)


def is_live(uri: str) -> bool:
    """Whether ``uri`` means a camera or a stream, which never ends, and not a file or a folder."""
    return is_camera(uri) or is_stream(uri)


def is_endless(uri: str) -> bool:
    """Whether ``uri`` means what never ends: what is live, and the synthetic camera, which waits for its reader."""
    return is_live(uri) or SYNTHETIC.fullmatch(uri) is not None


def objection(uri: str, *, is_exposed: bool) -> str | None:
    """Why ``uri`` cannot be a source, whatever there is; None: it may be. ``is_exposed``: exposure or gain are set."""
    if is_camera(uri):
        return None
    if _SCHEME.match(uri) and not is_stream(uri):
        return f"cannot read {redact(uri)}; addresses begin with {', '.join(SCHEMES)}"
    if is_exposed:
        return f"{redact(uri)} has no exposure to set; remove source.exposure_ms and source.gain"
    return None
