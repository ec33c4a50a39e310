"""Faces in JPEG of which no more is decoded than is looked at: the real pack, and people who are drawn."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.sources.jpeg import JpegPicture
from visaged.synthetic.camera import open_synthetic
from visaged.values import Face, Picture
from visaged.vision.boxes import intersection_over_union
from visaged.vision.roi import side_of

MODELS = Path(__file__).resolve().parents[2] / "models"
SETTLED = 4
"""Frames after which a region has found its place."""


@pytest.fixture(scope="module")
def vision() -> Vision:
    return open_vision(load(None, [f'model.models_dir="{MODELS}"', "inference.threads=1"]).config)


def followed(vision: Vision, picture: Picture) -> Face:
    """The face in the last of some frames that all show the same."""
    tracker = vision.tracker()
    for _ in range(SETTLED):
        (face,) = tracker.update(picture)
        assert (face.id, face.valid) == (1, True)
    return face


@pytest.mark.parametrize("moment", [(1, 0), (2, 120), (3, 400)], ids=str)
@pytest.mark.parametrize(("width", "height", "factor"), [(640, 360, 1), (1280, 720, 2), (1920, 1080, 4)])
def test_a_face_is_followed_in_parts_as_in_the_whole(
    vision: Vision, moment: tuple[int, int], width: int, height: int, factor: int
) -> None:
    seed, index = moment
    with open_synthetic(seed, width, height, models_dir=MODELS) as drawn:
        truth, image = drawn.truth(index), drawn.picture(index)
    sent = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    jpeg = JpegPicture(sent.data)
    in_parts, in_whole = followed(vision, jpeg), followed(vision, Picture(cv2.imdecode(sent, cv2.IMREAD_COLOR)))
    assert jpeg.part(in_parts.roi, side_of(in_parts.roi) / 120).reduced == factor
    assert intersection_over_union(in_parts.box, truth.box) > 0.8
    away = np.linalg.norm((in_parts.landmarks - in_whole.landmarks)[:, :2], axis=1)
    turned = [abs(getattr(in_parts.pose, angle) - getattr(in_whole.pose, angle)) for angle in ("yaw", "pitch", "roll")]
    print(f"angles off by {np.round(turned, 2)} degrees, landmarks by {away.mean():.2f} pixels")
    assert max(turned) < 2
    assert away.mean() < 0.01 * side_of(in_whole.roi)
