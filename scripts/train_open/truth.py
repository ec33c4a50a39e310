"""A sample, and what is true of it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import topology as t
from fitting import SKIN
from layout import PARAMS, SIGNALS

MOST_HIDDEN = 0.6  # of a face; with more of it covered, nobody can say where it is
EYE_SEEN, EYE_UNSURE = 0.5, 0.15
"""The share of an eye from which on it counts as seen, and how near to that nobody can say."""
LIPS_HIDDEN = 0.4


class Sample(NamedTuple):
    """``image`` (120, 120, 3) uint8 BGR; ``params`` (62,) de-normalised; ``signals`` (6,): presence, eye_open left and
    right, eye_seen left and right, mouth_open; ``known`` (6,): the weight of each; ``face``: 1 where there is one."""

    image: np.ndarray
    params: np.ndarray
    signals: np.ndarray
    known: np.ndarray
    face: np.float32


@dataclass(frozen=True)
class View:
    """What shows of a face. ``face`` and ``lips``: the shares that something covers; ``eyes`` (2,): the shares of the
    left and the right eye that are seen."""

    face: float
    lips: float
    eyes: np.ndarray

    @property
    def too_little(self) -> bool:
        return self.face > MOST_HIDDEN

    @property
    def eyes_seen(self) -> np.ndarray:
        return self.eyes > EYE_SEEN

    @property
    def eyes_sure(self) -> np.ndarray:
        """(2,): whether one can say that the eye is seen, or that it is not."""
        return np.abs(self.eyes - EYE_SEEN) > EYE_UNSURE

    @property
    def lips_seen(self) -> bool:
        return self.lips < LIPS_HIDDEN


def view(covered: np.ndarray, points: np.ndarray, lids: tuple[np.ndarray, ...], turned_to: np.ndarray) -> View:
    """Of a face with ``points`` (478, 2) in a crop that is ``covered`` (size, size) here and there.

    ``lids``: points of the left and the right eye; ``turned_to`` (2,): the shares of them that show from the camera.
    """
    eyes = np.array([share * (1 - hidden(covered, points[eye])) for share, eye in zip(turned_to, lids, strict=True)])
    return View(hidden(covered, points[:SKIN]), hidden(covered, points[list(t.INNER_LIPS)]), eyes)


def hidden(covered: np.ndarray, points: np.ndarray) -> float:
    """The share of ``points`` (n, 2) that is covered; what is outside the crop counts as the border next to it."""
    side = len(covered)
    x, y = np.clip(np.rint(points).astype(int), 0, side - 1).T
    return float(covered[y, x].mean())


def signals(presence: float, opening: np.ndarray, seen: View, gape: float) -> np.ndarray:
    """(6,): ``opening`` (2,) of the left and the right eye, ``gape`` of the mouth, 0 to 1."""
    return np.array([presence, *opening, *seen.eyes_seen, gape], np.float32)


def known(seen: View, *, eyes_sure: np.ndarray | tuple[float, float]) -> np.ndarray:
    """(6,): the weights of the signals of a face; ``eyes_sure`` (2,): those of eye_seen."""
    return np.array([1, *seen.eyes_seen, *eyes_sure, seen.lips_seen], np.float32)


def only_presence() -> np.ndarray:
    """(6,): the weights of the signals where there is no face."""
    return np.eye(SIGNALS, dtype=np.float32)[0]


def nothing(image: np.ndarray) -> Sample:
    """The sample of a crop without a face."""
    nobody, silence = np.zeros(PARAMS, np.float32), np.zeros(SIGNALS, np.float32)
    return Sample(image, nobody, silence, only_presence(), np.float32(0))
