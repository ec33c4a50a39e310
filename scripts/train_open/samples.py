"""Training samples without end: a crop, and the truth about it.

A sample is a face turned, lit, covered and spoilt at random with its exact parameters, or something without a face.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import topology as t
from cover import cover
from dirt import Rng, photograph, texture
from drawn import Drawn, eyes_seen
from face_model import fit_all, mouth, steady_weights
from landmarks68 import landmark_indices
from mesh import build
from rotations import rotation, yaw_of
from turn import Turner

SIZE = 120
DEPTH = 60.0  # of the model's origin; weak perspective has none
NEGATIVE, DRAWN = 0.2, 0.15  # shares
FILM_WEIGHT = 6.0  # of all frames of a video, in stills
POSE, SHAPES = 12, 40
LID_LEFT, LID_RIGHT, JAW = 40, 41, 42  # among the coefficients
SHUT_RATIO = 0.09
"""Gap over width of an eye that MediaPipe gives where the lids are shut."""
OPEN_SHARE = 0.75
"""An eye is fully open at this share of the usual gap."""
NOTHING = np.zeros(62, np.float32)


class Sample(NamedTuple):
    """``image`` (120, 120, 3) uint8 BGR; ``params`` (62,) de-normalised; ``signals`` (6,): presence, eye_open left and
    right, eye_seen left and right, mouth_open; ``known`` (6,): the weight of each signal; ``face``: 1 where there is one."""

    image: np.ndarray
    params: np.ndarray
    signals: np.ndarray
    known: np.ndarray
    face: np.float32


class Studio:
    """Makes samples from labelled pictures."""

    def __init__(self, labels: Path, fits: Path, drawn: Path | None = None) -> None:
        data, model = np.load(labels), np.load(fits)
        self._pairs = t.mirror(data["edges"])
        self._crops, self._backgrounds = data["crops"], data["backgrounds"]
        points = data["points"].astype(np.float64) * [1, -1, 1]
        mirrored = (points * [-1, 1, 1] + [self._crops.shape[2] - 1, 0, 0])[:, self._pairs]
        modes = np.concatenate([model["base_shapes"], model["base_expressions"]])
        self._mean, self._modes = model["base_mean"], modes
        weights = steady_weights(t.POINTS)
        self._points = (points, mirrored)
        self._fits = tuple(fit_all(p, self._mean, modes, weights) for p in self._points)
        self._turner = Turner(build(self._mean, data["edges"]), modes[SHAPES : SHAPES + 3], self._pairs)
        self._chances = chances(data["sources"])
        self._usual = np.median(self._fits[0]["openness"][self._chances > 0])
        self._yawn = mouth((self._mean + modes[JAW])[None])[0]
        self._landmarks = landmark_indices(self._mean)
        self._drawn = Drawn(drawn) if drawn else None

    def samples(self, seed: int) -> Iterator[Sample]:
        """The same samples for the same seed."""
        rng = np.random.default_rng(seed)
        while True:
            kind = rng.random()
            if kind < NEGATIVE:
                sample = self.nothing(rng)
            elif self._drawn and kind < NEGATIVE + DRAWN:
                sample = self.drawn(rng, self._drawn)
            else:
                sample = self.face(rng)
            if sample is not None:
                yield sample

    def face(self, rng: Rng, *, presence: float = 1.0) -> Sample | None:
        """A face; ``presence`` 0: one of which too little is inside the crop, or that is upside down."""
        number, flip = rng.choice(len(self._crops), p=self._chances), int(rng.random() < 0.5)
        fit = {name: values[number] for name, values in self._fits[flip].items()}
        upside_down = presence == 0 and rng.random() < 0.35
        turn = self._pose(fit["rotation"], rng, upside_down=upside_down)
        roles, shut = self._roles(fit["coefficients"], rng)
        coefficients = fit["coefficients"].copy()
        coefficients[LID_LEFT : JAW + 1] += roles
        camera = self._camera(coefficients, turn, rng, missed=presence == 0 and not upside_down)
        if camera is None:
            return None
        image = self._crops[number][:, ::-1] if flip else self._crops[number]
        source = self._turner.source(
            np.ascontiguousarray(image), self._points[flip][number], fit["scale"], fit["rotation"], fit["translation"]
        )
        lit = (
            np.array([1.0, 0, 0, 0])
            if rng.random() < 0.6
            else np.concatenate([[rng.uniform(0.4, 0.9)], rng.normal(0, 0.35, 3)])
        )
        colour = np.clip(np.array([38, 30, 66]) * rng.uniform(0.3, 2.0), 0, 255)
        picture, seen, vertices = self._turner.draw(
            source, camera, roles, lit, SIZE, colour, texture(SIZE, self._backgrounds, rng)
        )
        points = vertices[:2, : t.POINTS].T
        covered = (
            cover(picture, points, self._pairs, self._backgrounds, rng)
            if rng.random() < 0.35
            else np.zeros((SIZE, SIZE), bool)
        )
        if hidden(covered, points[:468]) > 0.6:
            return None
        eyes = np.array(
            [share * (1 - hidden(covered, points[lids])) for share, lids in zip(seen, self._turner.lids, strict=True)]
        )
        lips = hidden(covered, points[list(t.INNER_LIPS)])
        rest = np.clip((fit["openness"] - SHUT_RATIO) / (OPEN_SHARE * self._usual - SHUT_RATIO), 0, 1)
        model = self._mean + np.einsum("k,kvc->vc", coefficients, self._modes)
        gape = np.clip(mouth(model[None])[0] / self._yawn, 0, 1)
        signals = np.array([presence, *(rest * (1 - shut)), *(eyes > 0.5), gape], np.float32)
        clear = np.abs(eyes - 0.5) > 0.15  # between, nobody can say
        known = np.array([1, *(eyes > 0.5), *clear, lips < 0.4], np.float32)
        if presence == 0:
            known[1:] = 0
        params = np.concatenate([camera.ravel(), coefficients]).astype(np.float32)
        return Sample(photograph(picture, rng), params, signals, known, np.float32(presence))

    def drawn(self, rng: Rng, studio: Drawn) -> Sample | None:
        """A face of nobody, drawn."""
        roles, shut = self._roles(np.zeros(50), rng)
        coefficients = studio.coefficients(rng, roles)
        camera = self._camera(coefficients, self._pose(np.eye(3), rng, upside_down=False), rng, missed=False)
        params = np.concatenate([camera.ravel(), coefficients]).astype(np.float32)
        picture = studio.draw(params, texture(SIZE, self._backgrounds, rng), rng)
        model = self._mean + np.einsum("k,kvc->vc", coefficients, self._modes)
        drawn = model @ camera[:, :3].T + camera[:, 3]
        points = np.stack([drawn[:, 0] - 1, SIZE - drawn[:, 1]], 1)
        covered = (
            cover(picture, points, self._pairs, self._backgrounds, rng)
            if rng.random() < 0.25
            else np.zeros((SIZE, SIZE), bool)
        )
        if hidden(covered, points[:468]) > 0.6:
            return None
        eyes = eyes_seen(params) * [1 - hidden(covered, points[lids]) for lids in self._turner.lids]
        gape = np.clip(mouth(model[None])[0] / self._yawn, 0, 1)
        signals = np.array([1, *(1 - shut), *(eyes > 0.5), gape], np.float32)
        known = np.array([1, *(eyes > 0.5), 0, 0, hidden(covered, points[list(t.INNER_LIPS)]) < 0.4], np.float32)
        return Sample(photograph(picture, rng), params, signals, known, np.float32(1))

    def nothing(self, rng: Rng) -> Sample | None:
        """A crop without a face, or with one that a tracker should give up."""
        if rng.random() < 0.45:
            return self.face(rng, presence=0.0)
        image = texture(SIZE, self._backgrounds, rng)
        if rng.random() < 0.3:
            cover(image, rng.uniform(0, SIZE, (t.POINTS, 2)), self._pairs, self._backgrounds, rng)
        return Sample(
            photograph(image, rng), NOTHING, np.zeros(6, np.float32), np.eye(6, dtype=np.float32)[0], np.float32(0)
        )

    def _pose(self, own: np.ndarray, rng: Rng, *, upside_down: bool) -> np.ndarray:
        """A pose that the picture can be turned to: not far to the side that it does not show."""
        yaw = rng.normal(0, 22) if rng.random() < 0.5 else rng.uniform(-82, 82)
        shown = float(yaw_of(own[None])[0])
        if abs(shown) > 12 and yaw * shown < 0 and abs(yaw) > 15:
            yaw = -yaw
        pitch, roll = np.clip(rng.normal(-2, 15), -42, 42), np.clip(rng.normal(0, 16), -50, 50)
        if upside_down:
            roll += rng.uniform(110, 250)
        return rotation(float(yaw), float(pitch), float(roll))

    def _roles(self, coefficients: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
        """What to add to lids and jaw, and what share of either eye's opening that shuts."""
        shut = np.zeros(2)
        kind = rng.random()
        if kind < 0.2:
            shut[:] = 1
        elif kind < 0.4:
            shut[:] = rng.uniform(0, 1)
        elif kind < 0.46:
            shut[rng.integers(2)] = rng.uniform(0, 1)
        room = np.maximum(1 - coefficients[[LID_LEFT, LID_RIGHT]], 0)
        jaw = 0.0
        if rng.random() < 0.3:
            jaw = rng.uniform(0, 1.1) * max(0.0, 1 - coefficients[JAW])
        return np.array([*(shut * room), jaw]), shut

    def _camera(self, coefficients: np.ndarray, turn: np.ndarray, rng: Rng, *, missed: bool) -> np.ndarray | None:
        """(3, 4): such that the landmarks lie in the crop about as a tracker's or a detector's region has them."""
        landmarks = self.landmarks(coefficients) @ turn.T
        low, high = landmarks[:, :2].min(0), landmarks[:, :2].max(0)
        side = (high - low).max() * np.sqrt(2) * np.exp(np.clip(rng.normal(0, 0.11), -0.35, 0.4))
        shift = np.clip(rng.normal(0, 0.045, 2), -0.18, 0.18)
        if missed:
            side, shift = self._missed(side, rng)
        scale = SIZE / side
        place = SIZE / 2 + 0.5 - scale * (low + high) / 2 + shift * SIZE
        return np.concatenate([scale * turn, [[place[0]], [place[1]], [DEPTH]]], axis=1)

    def _missed(self, side: float, rng: Rng) -> tuple[float, np.ndarray]:
        """A region that misses the face: beside it, far too large, or far too small."""
        kind = rng.random()
        if kind < 0.7:
            angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.0)
            return side, far * np.array([np.cos(angle), np.sin(angle)])
        if kind < 0.85:
            return side * rng.uniform(2.6, 4), rng.uniform(-0.3, 0.3, 2)
        return side * rng.uniform(0.15, 0.35), rng.uniform(-0.3, 0.3, 2)

    def landmarks(self, coefficients: np.ndarray) -> np.ndarray:
        """(68, 3) of the coarse model, near enough to place a region by."""
        return self._mean[self._landmarks] + np.einsum("k,kvc->vc", coefficients, self._modes[:, self._landmarks])


def chances(sources: np.ndarray) -> np.ndarray:
    """(n,): how often each picture is taken: a video's frames show few people."""
    files = np.array([str(source).split("#")[0] for source in sources])
    film = np.array(["#" in str(source) for source in sources])
    _, which, count = np.unique(files, return_inverse=True, return_counts=True)
    weight = np.where(film, FILM_WEIGHT / count[which], 1.0)
    return weight / weight.sum()


def hidden(covered: np.ndarray, points: np.ndarray) -> float:
    """The share of ``points`` (n, 2) that is covered."""
    side = len(covered)
    x, y = np.clip(np.rint(points).astype(int), 0, side - 1).T
    return float(covered[y, x].mean())
