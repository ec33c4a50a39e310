"""Words beside faces: inside the picture, clear of each other, and of the faces where there is room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from visaged.draw.canvas import WHITE
from visaged.values import Box, Image

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_LINE_HEIGHT, _BASELINE, _MARGIN = 36, 27, 8
"""Of words, in pixels at scale 1."""
_LEAST_SCALE = 0.45


class Labels:
    """The labels of one picture. ``boxes``: what is drawn of each face, and better not covered."""

    def __init__(self, canvas: Image, boxes: Sequence[Box]) -> None:
        self._canvas = canvas
        self._boxes = boxes
        self._taken: list[Box] = []
        # Large pictures are looked at as a whole.
        self._least = max(_LEAST_SCALE, max(canvas.shape) / 2200)

    def put(self, words: Sequence[str], box: Box) -> None:
        """Write ``words`` at ``box``, on one line or one below the other.

        Nothing is written where the picture is so small that they would cover other words, or not fit.
        """
        scale = max(self._least, min((box[2] - box[0]) / 600, 4.0))
        lines, place = min(self._ways(words, box, scale), key=lambda way: self._cost(way[1]))
        if self._is_free(place):
            self._taken.append(place)
            self._write(lines, place, scale)

    def _ways(self, words: Sequence[str], box: Box, scale: float) -> Iterator[tuple[Sequence[str], Box]]:
        for lines in (["  ".join(words)], words):
            width, height = _size(lines, scale)
            for corner in _corners(box, width, height):
                yield lines, self._inside(*corner, width, height)

    def _is_free(self, place: Box) -> bool:
        fits = place[2] <= self._canvas.shape[1] and place[3] <= self._canvas.shape[0]
        return fits and not any(_common_area(place, other) for other in self._taken)

    def _inside(self, left: float, top: float, width: int, height: int) -> Box:
        left = max(0.0, min(left, float(self._canvas.shape[1] - width)))
        top = max(0.0, min(top, float(self._canvas.shape[0] - height)))
        return left, top, left + width, top + height

    def _cost(self, place: Box) -> float:
        covered = sum(_common_area(place, box) for box in self._boxes)
        return covered if self._is_free(place) else math.inf

    def _write(self, lines: Sequence[str], place: Box, scale: float) -> None:
        left, top, right, bottom = (round(value) for value in place)
        plate = self._canvas[top:bottom, left:right]
        plate[:] = np.right_shift(plate, 2)
        for index, line in enumerate(lines):
            at = left + round(_MARGIN * scale), top + round((index * _LINE_HEIGHT + _BASELINE) * scale)
            cv2.putText(self._canvas, line, at, _FONT, scale, WHITE, _thickness(scale), cv2.LINE_AA)


def _thickness(scale: float) -> int:
    return max(1, round(1.5 * scale))


def _size(lines: Sequence[str], scale: float) -> tuple[int, int]:
    width = max(cv2.getTextSize(line, _FONT, scale, _thickness(scale))[0][0] for line in lines)
    return width + round(2 * _MARGIN * scale), round(len(lines) * _LINE_HEIGHT * scale)


def _corners(box: Box, width: int, height: int) -> Iterator[tuple[float, float]]:
    """Where the top left corner of a label may be, best first: above, below, right, left, farther off."""
    x1, y1, x2, y2 = box
    for step in range(8):
        for x in (x1, x2 - width):
            yield x, y1 - (step + 1) * height
            yield x, y2 + step * height
        yield x2, y1 + step * height
        yield x1 - width, y1 + step * height


def _common_area(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)
