"""Training samples without end: a crop, and the truth about it.

A sample is a face turned, lit, covered and spoilt at random with its exact parameters, or something without a face.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from coarse import Coarse, load_coarse
from cover import Things
from dirt import Rng, photograph
from drawn import Drawn, open_drawn
from labelled import load_labels
from layout import SIZE
from photographs import Photographs
from topology import POINTS
from truth import Sample, nothing

NEGATIVE, DRAWN = 0.2, 0.15  # shares
GIVEN_UP = 0.45  # of what has no face: one that a tracker should give up
COVERED = 0.3


class Studio:
    """Makes samples. ``model``: the face model that their parameters are of; ``drawn``: None for no drawn faces."""

    def __init__(self, model: Coarse, photographs: Photographs, drawn: Drawn | None, things: Things) -> None:
        self.model = model
        self._photographs, self._drawn, self._things = photographs, drawn, things

    def samples(self, seed: int) -> Iterator[Sample]:
        """The same samples for the same seed."""
        rng = np.random.default_rng(seed)
        while True:
            sample = self._sample(rng)
            if sample is not None:
                yield sample

    def _sample(self, rng: Rng) -> Sample | None:
        kind = rng.random()
        if kind < NEGATIVE:
            return self._negative(rng)
        if self._drawn and kind < NEGATIVE + DRAWN:
            return self._drawn.face(rng)
        return self._photographs.face(rng)

    def _negative(self, rng: Rng) -> Sample | None:
        """A crop without a face, or with one that a tracker should give up."""
        if rng.random() < GIVEN_UP:
            return self._photographs.face(rng, presence=0.0)
        image = self._things.backdrop(SIZE, rng)
        if rng.random() < COVERED:
            self._things.cover(image, rng.uniform(0, SIZE, (POINTS, 2)), rng)
        return nothing(photograph(image, rng))


def open_studio(labels: Path, work: Path, pack: Path | None) -> Studio:
    """For what ``label.py`` wrote, and what ``face_model.py`` left in ``work``; faces are drawn from ``pack``, too.

    Raises UsageError or ModelError where one of them is missing or does not fit.
    """
    model, pictures = load_coarse(work), load_labels(labels)
    studio = open_drawn(pack, model) if pack else None
    things = Things(pictures.pairs, pictures.backgrounds)
    photographs = Photographs(pictures, model, things)
    drawn = Drawn(studio, model, photographs.lids, things) if studio else None
    return Studio(model, photographs, drawn, things)
