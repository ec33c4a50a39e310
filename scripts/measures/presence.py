"""Presence: how well crops with a face are told from crops without, by the area under the ROC curve.

Positive: the crops of AFLW2000-3D, and the drivers of YawDD as the detector's box leads to them. Negative, with a
fixed seed: ``beside`` (squares of the same pictures that hold nothing of the face's box, 0.3 to 1 of its region's
side), ``half_out`` (the face's region moved until less than half of the face's box is inside). Pictures that stand on
their head are told apart (``upside_down``) and are not among the negatives of ``auc``. ``network``: what the network
says. ``confidence``: the product's whole judgement, detector included. ``believed``: the share that scores 0.5 or more.
A few pictures of AFLW2000-3D hold a second face, which counts as none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from measures.aflw2000 import read_truth
from measures.formulas import area_under_curve, rounded
from measures.pictures import aflw2000_faces, yawdd_pictures
from measures.regions import SeenFace, beside, half_out, upside_down
from measures.subject import Subject
from visaged.values import Box, Image, Picture
from visaged.vision.candidates import Presence

COUNTS = {"aflw2000": (2, 1), "yawdd": (5, 5)}
"""Regions beside the face and half out, of each picture."""

POSITIVE, NEGATIVE = ("aflw2000", "yawdd"), ("beside", "half_out")
BELIEVED = 0.5

Scores = dict[str, np.ndarray]
"""By kind of region: what the network (NaN where it says nothing) and the confidence say, (n, 2)."""


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """The figures of what the network says, and of the confidence."""
    found = scores(subject, data)
    result: dict[str, Any] = {"regions": {kind: len(values) for kind, values in found.items()}}
    for column, name in enumerate(("network", "confidence")):
        of_kind = {kind: values[:, column] for kind, values in found.items()}
        if not any(np.isnan(values).any() for values in of_kind.values()):
            result[name] = _figures(of_kind)
    return result


def scores(subject: Subject, data: Path) -> Scores:
    """All regions, scored."""
    random = np.random.default_rng(0)
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for kind, face in _faces(subject, data):
        flipped, (sides, halves) = upside_down(face), COUNTS[kind]
        regions = {
            kind: [(face.image, face.region)],
            "beside": [(face.image, region) for region in beside(face, random, sides)],
            "half_out": [(face.image, region) for region in half_out(face, random, halves)],
            "upside_down": [(flipped.image, flipped.region)],
        }
        for name, looks in regions.items():
            found[name] += [_look(subject, image, region) for image, region in looks]
    return {kind: np.array(values) for kind, values in found.items()}


def _faces(subject: Subject, data: Path) -> Iterator[tuple[str, SeenFace]]:
    yield from (("aflw2000", face) for face in aflw2000_faces(read_truth(data)))
    detector = subject.vision.detector
    for _, image in yawdd_pictures(data):
        yield from (("yawdd", SeenFace(image, detector.roi(f.box), f.box)) for f in detector.detect(Picture(image))[:1])


def _look(subject: Subject, image: Image, region: Box) -> tuple[float, float]:
    signals, judge = subject.signals(image, region), subject.vision.judge
    picture = Picture(image)
    look = judge.verify(picture, judge.look(picture, region, Presence(0.0)), both_ways_up=False)
    return (np.nan if signals is None else signals.presence), look.confidence


def _figures(found: dict[str, np.ndarray]) -> dict[str, Any]:
    positives = np.concatenate([found[kind] for kind in POSITIVE if kind in found])
    negatives = np.concatenate([found[kind] for kind in NEGATIVE])
    against = {kind: found[kind] for kind in (*NEGATIVE, "upside_down")}
    return {
        "auc": rounded(area_under_curve(positives, negatives), 5),
        "auc_against": {kind: rounded(area_under_curve(positives, values), 5) for kind, values in against.items()},
        "believed": {kind: rounded((values >= BELIEVED).mean()) for kind, values in found.items()},
    }
