"""Samples from photographs: a labelled face, turned, lit and covered."""

from dataclasses import dataclass

import numpy as np
from acts import random_jaw, random_lids
from coarse import Coarse
from cover import Things
from dirt import Rng, photograph
from fitting import fit_all, gape, lids_apart
from labelled import Labels
from layout import JAW, LID_LEFT, SIZE
from mesh import MOUTH_COLOUR, build
from placing import random_camera, random_turn
from topology import POINTS
from truth import Sample, known, only_presence, signals, view
from turn import UNCHANGED_LIGHT, Shot, Source, Turner

FILM_WEIGHT = 6.0  # of all frames of a video, in stills
UPSIDE_DOWN, UNLIT, COVERED = 0.35, 0.6, 0.35  # shares
SHUT_RATIO = 0.09
"""Gap over width of an eye that MediaPipe gives where the lids are shut."""
OPEN_SHARE = 0.75
"""An eye is fully open at this share of the usual gap."""


@dataclass(frozen=True)
class Photograph:
    """One of them, ready to be turned: its pose (3, 3), its coefficients (50,), how far its eyes are open (2,), and
    what of the modes of the lids would shut them (2,)."""

    source: Source
    rotation: np.ndarray
    coefficients: np.ndarray
    opening: np.ndarray
    to_shut: np.ndarray


class Photographs:
    """All labelled pictures, and their mirror images."""

    def __init__(self, labels: Labels, model: Coarse, things: Things) -> None:
        self._crops, self._model, self._things = labels.crops, model, things
        self._points = (labels.points, labels.mirrored(labels.points))
        self._fits = tuple(fit_all(points, model) for points in self._points)
        self._turner = Turner(build(model.mean, labels.edges), model.roles, labels.pairs)
        self._chances = chances(labels)
        self._usual = np.median(self._fits[0].openness)
        self._lids_apart = lids_apart(model.mean[None])[0]

    @property
    def lids(self) -> tuple[np.ndarray, ...]:
        """The points of the left and the right eye's lids."""
        return self._turner.lids

    def face(self, rng: Rng, *, presence: float = 1.0) -> Sample | None:
        """One of them at random, or None where too little of it shows.

        ``presence`` 0: one of which too little is inside the crop, or that is upside down.
        """
        own = self._take(rng)
        upside_down = presence == 0 and rng.random() < UPSIDE_DOWN
        turn = random_turn(own.rotation, rng, upside_down=upside_down)
        shut = random_lids(rng)
        roles = np.array([*(shut * own.to_shut), random_jaw(own.coefficients[JAW], rng)])
        coefficients = own.coefficients.copy()
        coefficients[LID_LEFT : JAW + 1] += roles
        missed = presence == 0 and not upside_down
        camera = random_camera(self._model.landmarks(coefficients), turn, rng, missed=missed)
        picture, eyes, vertices = self._turner.turned(own.source, self._shot(camera, roles, rng))
        points = vertices[:2, :POINTS].T
        covered = self._things.now_and_then(COVERED, picture, points, rng)
        seen = view(covered, points, self.lids, np.array(eyes))
        if seen.too_little:
            return None
        told = signals(presence, own.opening * (1 - shut), seen, gape(self._model, self._model.faces(coefficients)))
        weights = known(seen, eyes_sure=seen.eyes_sure) if presence else only_presence()
        params = np.concatenate([camera.ravel(), coefficients]).astype(np.float32)
        return Sample(photograph(picture, rng), params, told, weights, np.float32(presence))

    def _take(self, rng: Rng) -> Photograph:
        """A picture or its mirror image."""
        number, flip = rng.choice(len(self._crops), p=self._chances), int(rng.random() < 0.5)
        fits, points = self._fits[flip], self._points[flip][number]
        image = self._crops[number][:, ::-1] if flip else self._crops[number]
        placed = fits.scale[number], fits.rotation[number], fits.translation[number]
        source = self._turner.source(np.ascontiguousarray(image), points, *placed)
        fully = OPEN_SHARE * self._usual
        opening = np.clip((fits.openness[number] - SHUT_RATIO) / (fully - SHUT_RATIO), 0, 1)
        to_shut = lids_apart(source.vertices[None, :POINTS])[0] / self._lids_apart
        return Photograph(source, fits.rotation[number], fits.coefficients[number], opening, to_shut)

    def _shot(self, camera: np.ndarray, roles: np.ndarray, rng: Rng) -> Shot:
        """In random light, before something random."""
        light = UNCHANGED_LIGHT if rng.random() < UNLIT else _random_light(rng)
        colour = np.clip(np.array(MOUTH_COLOUR) * rng.uniform(0.3, 2.0), 0, 255)
        return Shot(camera, roles, light, colour, self._things.backdrop(SIZE, rng))


def chances(labels: Labels) -> np.ndarray:
    """(n,): how often each picture is taken: a video's frames show few people."""
    _, which, count = np.unique(labels.files, return_inverse=True, return_counts=True)
    weight = np.where(labels.film, FILM_WEIGHT / count[which], 1.0)
    return weight / weight.sum()


def _random_light(rng: Rng) -> np.ndarray:
    """(4,): ambient, and what comes from where."""
    return np.concatenate([[rng.uniform(0.4, 0.9)], rng.normal(0, 0.35, 3)])
