"""What is asked of a camera. Imports nothing heavy: the processes that read cameras use it, too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Wishes to a source of frames; 0 leaves each to the source.

    ``width``, ``height`` are pixels, ``fps`` frames per second, ``exposure_ms`` milliseconds, ``gain`` the camera's own
    units. ``open_timeout_s`` and ``stall_timeout_s``: how long the first picture, and each later one, may take.
    """

    width: int = 0
    height: int = 0
    fps: float = 0.0
    exposure_ms: float = 0.0
    gain: float = 0.0
    open_timeout_s: float = 10.0
    stall_timeout_s: float = 1.5
