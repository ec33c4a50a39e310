"""What a network says of a crop beside the parameters, where its pack declares ``signals``."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

COUNT = 6
"""Numbers of the output, in this order: presence, eye_open_left, eye_open_right, eye_seen_left, eye_seen_right,
mouth_open."""


class Signals(msgspec.Struct, frozen=True):
    """Each number is in [0, 1]; of pairs the first is the person's own left eye (iBUG landmarks 42 to 47).

    ``presence``: how sure it is that the crop shows a face. ``eye_open``: 0 shut, 1 open. ``eye_seen``: how sure it is
    that the eye shows at all. ``mouth_open``: 0 closed, 1 a wide yawn.
    """

    presence: float
    eye_open: tuple[float, float]
    eye_seen: tuple[float, float]
    mouth_open: float


def signals_of(numbers: NDArray[np.float32]) -> Signals:
    """The signals from the network's ``numbers`` (6,)."""
    presence, left, right, left_seen, right_seen, mouth = numbers.tolist()
    return Signals(presence, (left, right), (left_seen, right_seen), mouth)
