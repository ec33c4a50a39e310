"""Faces in JPEG that is decoded no larger than they need: the real pack, people who are drawn, and a USB camera."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from made.cameras import Usb
from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.sources.opener import open_source
from visaged.sources.settings import CameraSettings
from visaged.synthetic.camera import open_synthetic
from visaged.values import Face
from visaged.vision.boxes import intersection_over_union
from visaged.vision.roi import side_of

MODELS = Path(__file__).resolve().parents[2] / "models"
WIDTH, HEIGHT = 1280, 720
SETTLED = 4
"""Frames after which a region has found its place."""

Run = Callable[[int], list[tuple[int, Face]]]


@pytest.fixture(scope="module")
def vision() -> Vision:
    return open_vision(load(None, [f'model.models_dir="{MODELS}"', "inference.threads=1"]).config)


@pytest.fixture(params=[(1, 0), (2, 120), (3, 400)], ids=str)
def moment(request: pytest.FixtureRequest) -> tuple[int, int]:
    seed, index = request.param
    return seed, index


@pytest.fixture
def watched(usb: Usb, moment: tuple[int, int], vision: Vision, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``watched(frames)``: by how much each was reduced, and its face; the camera gives one picture again and again."""
    monkeypatch.setenv("FAKE_V4L2_PICTURES", str(tmp_path))
    with open_synthetic(moment[0], WIDTH, HEIGHT, models_dir=MODELS) as drawn:
        picture = drawn.picture(moment[1])
    for number in range(8):
        cv2.imwrite(str(tmp_path / f"{WIDTH}-{number}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    tracker = vision.tracker()

    def watch(frames: int) -> list[tuple[int, Face]]:
        seen = []
        with open_source(str(usb.name), CameraSettings(width=WIDTH, height=HEIGHT)) as source:
            for number in range(2 * frames):
                frame = source.read()
                assert frame
                (face,) = tracker.update(frame.image, frame.reduced)
                seen.append((frame.reduced, face))
                if number >= frames:
                    source.reduce(tracker.reducible)
        return seen

    return watch


def test_a_face_is_followed_the_same_in_whole_and_in_reduced_pictures(watched: Run, moment: tuple[int, int]) -> None:
    seen = watched(SETTLED)
    with open_synthetic(moment[0], WIDTH, HEIGHT, models_dir=MODELS) as drawn:
        truth = drawn.truth(moment[1])
    whole, reduced = seen[SETTLED - 1][1], seen[-1][1]
    assert [factor for factor, _ in seen] == [1] * (SETTLED + 1) + [2] * (SETTLED - 1)
    assert [(face.id, face.valid) for _, face in seen] == [(1, True)] * len(seen)
    assert intersection_over_union(reduced.box, truth.box) > 0.8
    away = np.linalg.norm((reduced.landmarks - whole.landmarks)[:, :2], axis=1)
    turned = [abs(getattr(reduced.pose, angle) - getattr(whole.pose, angle)) for angle in ("yaw", "pitch", "roll")]
    print(f"angles off by {np.round(turned, 2)} degrees, landmarks by {away.mean():.2f} pixels")
    assert max(turned) < 2
    assert away.mean() < 0.01 * side_of(whole.roi)
