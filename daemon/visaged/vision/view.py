"""How a detection network looks at a picture."""

from __future__ import annotations

from dataclasses import dataclass

from visaged.values import Box


@dataclass(frozen=True, slots=True)
class View:
    """``region`` of the picture is resized to ``width`` x ``height`` pixels; one image pixel becomes ``scale`` of them.

    What of the region lies outside the picture is black.
    """

    region: Box
    width: int
    height: int
    scale: float
