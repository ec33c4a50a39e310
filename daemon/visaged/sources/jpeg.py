"""JPEG pictures, of which no more is decoded than is looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from visaged import _native
from visaged.values import Box, Image, Part, Picture

FACTORS = (8, 4, 2, 1)
MARGIN = 16
"""Pixels around a region that are decoded with it: who looks at it moves it a little, to pixels of what is reduced."""

GRID = 16
"""Parts begin at multiples of this, so that halves of pixels are rounded as in the whole picture."""

READ = 0.4
"""What it takes to read the bytes of a pixel, in what it takes to make one of them."""

_Window = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels."""

_SCAN = b"\xff\xda"
_END = b"\xff\xd9"
_PADDING = 1024


class JpegPicture(Picture):
    """The picture in ``data``, which may be followed by zeros, as some cameras pad what they send.

    ``ValueError`` where there is none, or it is cut off. Any thread may ask for parts.
    """

    __slots__ = ("_data", "_height", "_parts", "_width")

    def __init__(self, data: memoryview) -> None:
        if _END not in bytes(data[-_PADDING:]):
            raise ValueError("the picture is cut off")
        self._width, self._height = _native.jpeg_size(data)
        self._data = data
        self._parts: list[Part] = []

    @property
    def width(self) -> int:
        """In pixels."""
        return self._width

    @property
    def height(self) -> int:
        """In pixels."""
        return self._height

    @property
    def image(self) -> Image:
        """All of it, decoded when it is first asked for."""
        return self.part((0, 0, self._width, self._height)).image

    def part(self, region: Box, reducible: float = 1.0) -> Part:
        """Decoded when it is first asked for; reduced where both sides can be divided by 2, 4 or 8."""
        window = self._window(region)
        for part in self._parts:
            if part.reduced <= max(1.0, reducible) and _shows(part, window):
                return part
        return self._decoded(window, self._factor(reducible))

    def expect(self, parts: Sequence[tuple[Box, float]]) -> None:
        """All in one part, where that is sooner decoded than each by itself from the top of the picture."""
        if len(parts) < 2:
            return
        lefts, tops, rights, bottoms = zip(*(self._window(region) for region, _ in parts), strict=True)
        around = min(lefts), min(tops), max(rights), max(bottoms)
        factor = self._factor(min(reducible for _, reducible in parts))
        alone = sum(self._effort(self._window(region), self._factor(reducible)) for region, reducible in parts)
        if self._effort(around, factor) < alone:
            self._decoded(around, factor)

    def shows_the_same(self, other: Picture) -> bool:
        """By what was sent; cameras may write the time before and behind that."""
        return self._scan == other._scan if isinstance(other, JpegPicture) else super().shows_the_same(other)

    @property
    def _scan(self) -> bytes:
        sent = bytes(self._data)
        return sent[sent.find(_SCAN) : sent.rfind(_END)]

    def _window(self, region: Box) -> _Window:
        x1, y1, x2, y2 = region
        left, right = _within(x1, x2, self._width)
        top, bottom = _within(y1, y2, self._height)
        return left, top, right, bottom

    def _effort(self, window: _Window, factor: int) -> float:
        """What decoding takes: of all rows down to the last the bytes are read, and the pixels of the part are made."""
        left, top, right, bottom = window
        return READ * self._width * bottom + (right - left) * (bottom - top) / factor**2

    def _factor(self, reducible: float) -> int:
        sides = self._width, self._height
        return next(f for f in FACTORS if f == 1 or (f <= reducible and not any(side % f for side in sides)))

    def _decoded(self, window: _Window, factor: int) -> Part:
        left, top = window[0] // factor, window[1] // factor
        width, height = -(-window[2] // factor) - left, -(-window[3] // factor) - top
        try:
            image = _native.decode_jpeg(self._data, left, top, width, height, factor)
        except ValueError:  # damaged beyond what its beginning shows
            image = np.zeros((height, width, 3), np.uint8)
        self._parts.append(Part(image, left * factor, top * factor, factor))
        return self._parts[-1]


def _within(first: float, last: float, side: int) -> tuple[int, int]:
    """Where on a side of the picture a part begins and ends that shows ``first`` to ``last``, at least a pixel."""
    begin = max(0, min(math.floor(first) - MARGIN, side - 1)) // GRID * GRID
    return begin, max(begin + 1, min(side, math.ceil(last) + MARGIN))


def _shows(part: Part, window: _Window) -> bool:
    height, width = part.image.shape[:2]
    right, bottom = part.left + width * part.reduced, part.top + height * part.reduced
    return part.left <= window[0] and part.top <= window[1] and right >= window[2] and bottom >= window[3]
