"""What a lamp does to a surface."""

from __future__ import annotations

import numpy as np
import pytest

from visaged.synthetic.light import Light, illuminate


def lit(light: Light, *normal: float, grey: float = 100.0) -> list[int]:
    out = np.zeros((1, 4), np.uint8)
    illuminate(np.full((1, 3), grey, np.float32), np.array([[*normal, 0]], np.float32), light, out)
    return out[0].tolist()


def test_what_faces_away_from_the_lamp_has_the_ambient_light_only() -> None:
    assert lit(Light(0, 0, ambient=0.4, lamp=0.9), 0, 0, -1) == [40, 40, 40, 0]


def test_what_faces_the_lamp_has_both() -> None:
    assert lit(Light(0, 0, ambient=0.4, lamp=0.5), 0, 0, 1) == [90, 90, 90, 0]


@pytest.mark.parametrize(
    ("azimuth", "elevation", "normal"), [(90, 0, (1, 0, 0)), (-90, 0, (-1, 0, 0)), (0, 90, (0, -1, 0))]
)
def test_a_lamp_at_the_right_or_above_lights_what_faces_there(
    azimuth: float, elevation: float, normal: tuple[float, float, float]
) -> None:
    light = Light(azimuth, elevation, ambient=0.0, lamp=1.0)
    assert lit(light, *normal)[0] in (99, 100)
    assert lit(light, 0, 0, -1)[0] == 0


def test_the_lamp_colours_what_it_lights() -> None:
    assert lit(Light(0, 0, ambient=0.0, lamp=1.0, colour=(0.5, 1.0, 0.8)), 0, 0, 1) == [50, 100, 80, 0]


def test_nothing_is_brighter_than_white() -> None:
    assert lit(Light(0, 0, ambient=1.0, lamp=1.0), 0, 0, 1, grey=200) == [255, 255, 255, 0]
