"""How a detection network looks at a picture."""

from __future__ import annotations

import msgspec

from visaged.values import Box


class View(msgspec.Struct, frozen=True):
    """``region`` of the picture is resized to ``width`` x ``height`` pixels; one image pixel becomes ``scale`` of them.

    What of the region lies outside the picture is black.
    """

    region: Box
    width: int
    height: int
    scale: float
