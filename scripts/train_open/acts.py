"""What a face does with its lids and its jaw."""

import numpy as np
from dirt import Rng

WIDEST = 1.1  # a jaw's coefficient


def random_lids(rng: Rng) -> np.ndarray:
    """(2,): the share of the left and the right eye's opening that is taken away: all, some, some of one, or none."""
    shut = np.zeros(2)
    kind = rng.random()
    if kind < 0.2:
        shut[:] = 1
    elif kind < 0.4:
        shut[:] = rng.uniform(0, 1)
    elif kind < 0.46:
        shut[rng.integers(2)] = rng.uniform(0, 1)
    return shut


def random_jaw(already: float, rng: Rng) -> float:
    """What is added to a jaw's coefficient, which is ``already`` so large."""
    return float(rng.uniform(0, WIDEST) * max(0.0, 1 - already)) if rng.random() < 0.3 else 0.0
