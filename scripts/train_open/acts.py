"""What a face does with its lids and its jaw."""

from typing import NamedTuple

import numpy as np
from dirt import Rng
from layout import JAW, LID_LEFT, LID_RIGHT

WIDEST = 1.1  # a jaw's coefficient


class Acts(NamedTuple):
    """``roles`` (3,): what is added to the coefficients of lids and jaw. ``shut`` (2,): the share of the left and the
    right eye's opening that this takes away."""

    roles: np.ndarray
    shut: np.ndarray


def random_acts(coefficients: np.ndarray, rng: Rng) -> Acts:
    """For a face with these ``coefficients`` (50,)."""
    shut = _random_lids(rng)
    room = np.maximum(1 - coefficients[[LID_LEFT, LID_RIGHT]], 0)
    jaw = 0.0
    if rng.random() < 0.3:
        jaw = rng.uniform(0, WIDEST) * max(0.0, 1 - coefficients[JAW])
    return Acts(np.array([*(shut * room), jaw]), shut)


def _random_lids(rng: Rng) -> np.ndarray:
    """(2,): both shut, both half, one half, or none."""
    shut = np.zeros(2)
    kind = rng.random()
    if kind < 0.2:
        shut[:] = 1
    elif kind < 0.4:
        shut[:] = rng.uniform(0, 1)
    elif kind < 0.46:
        shut[rng.integers(2)] = rng.uniform(0, 1)
    return shut
