"""A video in a file."""

from __future__ import annotations

import logging
import math
import time
from pathlib import Path

import cv2

from visaged.errors import SourceError
from visaged.sources.base import USUAL_FPS, Closing
from visaged.sources.opencv import capture, declared_fps, next_image
from visaged.values import Frame, Picture

log = logging.getLogger("visaged.sources")

_OPEN_TIMEOUT_MS = 5000  # a playlist may name what never answers
_MOST_FRAMES = 1e9  # containers without an index declare absurd numbers
_COUNT_TOLERANCE = 0.95
"""Some containers only estimate their frame count from the duration; fewer than this share is worth a warning."""


class VideoFile(Closing):
    """The frames of a file, with the container's time line made strictly growing.

    A file that breaks off early yields what can be read and then logs a warning. ``SourceError`` if it cannot be opened
    or if not one frame can be read.
    """

    live = False

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        # An absolute path cannot be mistaken for one of FFmpeg's protocols ("concat:...").
        opened = capture(str(path.absolute()), cv2.CAP_FFMPEG, {cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: _OPEN_TIMEOUT_MS})
        if opened is None:
            raise SourceError(f"{path} is not a video that can be read, or it is damaged at its beginning")
        self._capture = opened
        self.fps = declared_fps(opened)
        self._step = 1.0 / (self.fps or USUAL_FPS)
        declared = opened.get(cv2.CAP_PROP_FRAME_COUNT)
        self.frame_count = int(declared) if 0 < declared < _MOST_FRAMES else None
        self._index = 0
        self._t = -math.inf
        self._ended = False

    def read(self) -> Frame | None:
        """The next frame; ``t`` is its position in seconds, ``utc`` and ``mono`` when it was read."""
        if self._ended:
            return None
        image = next_image(self._capture)
        if image is None:
            self._ended = True
            self._judge_end()
            return None
        self._t = self._position()
        frame = Frame(Picture(image), self._index, time.time(), time.monotonic(), self._t)
        self._index += 1
        return frame

    def close(self) -> None:
        """Close the file."""
        self._ended = True
        self._capture.release()

    def _position(self) -> float:
        """Seconds by the container, or one frame's time after the last where it has no growing time line."""
        seconds = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000.0
        if self._index == 0:
            return seconds if 0.0 <= seconds < math.inf else 0.0
        return seconds if self._t < seconds < math.inf else self._t + self._step

    def _judge_end(self) -> None:
        if self._index == 0:
            raise SourceError(f"not one frame of {self.name} can be read; the file is damaged or cut off")
        if self._index < (self.frame_count or 0) * _COUNT_TOLERANCE:
            log.warning(
                "%s breaks off after frame %d of %d; the file is damaged or cut off",
                self.name,
                self._index - 1,
                self.frame_count,
            )
