"""What cameras and streams have in common: a capture whose frames are stamped on arrival."""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2

from visaged.sources.base import Closing, SourceLostError
from visaged.sources.opencv import declared_fps, next_image
from visaged.values import Frame


class LiveCapture(Closing):
    """Frames of ``opened`` as they come. ``lost(seconds waited)`` gives the sentence for a frame that did not come."""

    live = True
    frame_count = None

    def __init__(self, name: str, opened: cv2.VideoCapture, lost: Callable[[float], str]) -> None:
        self.name = name
        self.fps = declared_fps(opened)
        self._capture = opened
        self._lost = lost
        self._opened_at = time.monotonic()
        self._index = 0

    def read(self) -> Frame:
        """The next frame; ``t`` is seconds since the source was opened. ``SourceLostError`` if none comes."""
        asked = time.monotonic()
        image = next_image(self._capture)
        mono = time.monotonic()
        if image is None:
            raise SourceLostError(self._lost(mono - asked))
        frame = Frame(image, self._index, time.time(), mono, mono - self._opened_at)
        self._index += 1
        return frame

    def close(self) -> None:
        """Release the device or connection."""
        self._capture.release()
