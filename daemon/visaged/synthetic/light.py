"""Light on a surface."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

WHITE = (1.0, 1.0, 1.0)


class Light(msgspec.Struct, frozen=True):
    """One lamp far away, and light from everywhere.

    The lamp is ``azimuth`` degrees to the right of the viewer and ``elevation`` above. ``ambient`` and ``lamp``: how
    bright either makes what faces it, 1 being as bright as its own colour. ``colour``: what the lamp does to blue,
    green and red.
    """

    azimuth: float = -20.0
    elevation: float = 30.0
    ambient: float = 0.5
    lamp: float = 0.6
    colour: tuple[float, float, float] = WHITE

    @property
    def direction(self) -> tuple[float, float, float]:
        """Towards the lamp, as normals are: x right, y down, z at the viewer."""
        across, up = math.radians(self.azimuth), math.radians(self.elevation)
        return math.sin(across) * math.cos(up), -math.sin(up), math.cos(across) * math.cos(up)


def illuminate(albedo: NDArray[np.float32], normals: NDArray[np.float32], light: Light, out: NDArray[np.uint8]) -> None:
    """Write what ``light`` makes of a matt surface (Lambert) to ``out`` (N, 4).

    ``albedo`` (N, 3): grey levels of blue, green and red; ``normals`` (N, 4) as ``Rasteriser.normals`` gives them.
    """
    facing = np.maximum(normals[:, :3] @ np.array(light.direction, np.float32), 0)
    gain = np.float32(light.ambient) + facing[:, None] * (np.float32(light.lamp) * np.array(light.colour, np.float32))
    np.minimum(albedo * gain, 255, out=out[:, :3], casting="unsafe")
