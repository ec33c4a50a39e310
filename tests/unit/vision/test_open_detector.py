"""The detector of the pack that visaged brings along, on people that the synthetic camera draws."""

from __future__ import annotations

from pathlib import Path

import pytest

from visaged.models import Pack, load
from visaged.synthetic.camera import SyntheticCamera, open_synthetic
from visaged.values import Picture
from visaged.vision.boxes import SAME_FACE, intersection_over_union
from visaged.vision.detector import Detector, open_detector

MODELS = Path(__file__).resolve().parents[3] / "models"
PEOPLE = (1, 2, 3)
FRAMES = range(0, 1500, 60)
"""Of a minute at 25 frames a second."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load("open", MODELS)


@pytest.fixture(scope="module")
def detector(pack: Pack) -> Detector:
    assert pack.detector is not None
    return open_detector(pack.detector, 0, 0.0)


@pytest.fixture(scope="module")
def cameras() -> list[SyntheticCamera]:
    return [open_synthetic(seed, models_dir=MODELS) for seed in PEOPLE]


def test_who_looks_roughly_at_the_camera_is_found_where_they_are(
    detector: Detector, cameras: list[SyntheticCamera]
) -> None:
    hits = []
    for camera in cameras:
        for truth in (camera.truth(index) for index in FRAMES):
            if truth.inside > 0.95 and abs(truth.pose.yaw) < 35:
                found = detector.detect(Picture(camera.picture(truth.index)))
                hits.append(any(intersection_over_union(face.box, truth.box) > SAME_FACE for face in found))
    assert len(hits) > 40
    assert sum(hits) / len(hits) > 0.95


def test_nobody_is_found_in_a_room_that_is_empty(detector: Detector, cameras: list[SyntheticCamera]) -> None:
    empty = [(camera, i) for camera in cameras for i in FRAMES if camera.truth(i).inside == 0]
    assert len(empty) > 3
    assert not any(detector.detect(Picture(camera.picture(i))) for camera, i in empty)
