"""Scenes that the detector is trained on."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np

WIDTH, HEIGHT = 160, 128
SEEDS = range(60)


def _scenes(scenes: ModuleType, faces: Any) -> list[Any]:
    return [scenes.compose(faces, WIDTH, HEIGHT, np.random.default_rng(seed)) for seed in SEEDS]


def test_the_same_seed_gives_the_same_scene(scenes: ModuleType, faces: Any) -> None:
    first, second = (scenes.compose(faces, WIDTH, HEIGHT, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.boxes, second.boxes)


def test_some_scenes_have_no_face_and_some_several(scenes: ModuleType, faces: Any) -> None:
    counts = {len(scene.boxes) for scene in _scenes(scenes, faces)}
    assert {0, 1, 2} <= counts


def test_faces_to_be_found_lie_in_the_picture_and_are_large_enough(scenes: ModuleType, faces: Any) -> None:
    boxes = np.concatenate([scene.boxes[scene.counts] for scene in _scenes(scenes, faces)])
    middles, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]).mean(1)
    assert (middles > 0).all()
    assert (middles < [WIDTH, HEIGHT]).all()
    assert sides.min() >= scenes.SMALLEST_FACE


def test_the_five_points_lie_in_the_box_of_their_face(scenes: ModuleType, faces: Any) -> None:
    for scene in _scenes(scenes, faces):
        assert (scene.points >= scene.boxes[:, None, :2]).all()
        assert (scene.points <= scene.boxes[:, None, 2:]).all()


def test_the_right_eye_stays_at_the_left_of_the_picture_when_a_face_is_mirrored(scenes: ModuleType, faces: Any) -> None:
    points = np.concatenate([scene.points for scene in _scenes(scenes, faces)])
    assert (points[:, 0, 0] < points[:, 1, 0]).all()
    assert (points[:, 3, 0] < points[:, 4, 0]).all()


def test_a_crop_that_repeats_its_border_is_shown_only_where_it_does_not(material: ModuleType) -> None:
    coarse = np.random.default_rng(0).integers(0, 255, (32, 25, 3), np.uint8)
    picture = cv2.resize(coarse, (200, 256))
    crop = np.concatenate([picture[:, 56:0:-1], picture], axis=1)
    left, top, right, bottom = material.not_mirrored(crop)
    assert abs(left - 56) <= 2
    assert (top, right, bottom) == (0, 256, 256)


def test_frames_of_a_video_count_as_two_pictures(material: ModuleType, labels: Path, tmp_path: Path) -> None:
    with np.load(labels) as data:
        arrays = dict(data) | {"sources": np.array(["a.jpg", "b.jpg", *(f"c.mkv#{n}" for n in range(4))])}
    np.savez(tmp_path / "video.npz", **arrays)
    weights = material.load([tmp_path / "video.npz"], held_out=False).weights
    assert np.allclose(weights, np.array([1, 1, 0.5, 0.5, 0.5, 0.5]) / 4)
