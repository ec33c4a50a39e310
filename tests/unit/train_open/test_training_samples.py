"""Samples, and whether what is said of them is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from visaged import _native
from visaged.errors import ModelError, UsageError

Step = Callable[[str], ModuleType]
SIDE, CROP = 256, 120


@pytest.fixture
def things(step: Step, edges: NDArray[np.int64]) -> Any:
    backgrounds = np.random.default_rng(0).integers(0, 255, (3, SIDE, SIDE, 3), np.uint8)
    return step("cover").Things(step("topology").mirror(edges), backgrounds)


@pytest.fixture
def turner(step: Step, edges: NDArray[np.int64], coarse: Any) -> Any:
    mesh = step("mesh").build(coarse.mean, edges)
    return step("turn").Turner(mesh, coarse.roles, step("topology").mirror(edges))


@pytest.fixture
def drawn(step: Step, studio: Any, coarse: Any, turner: Any, things: Any) -> list[Any]:
    """Samples of drawn faces."""
    random, maker = np.random.default_rng(3), step("drawn").Drawn(studio, coarse, turner.lids, things)
    found = [maker.face(random) for _ in range(12)]
    return [sample for sample in found if sample is not None]


def test_a_picture_drawn_again_in_its_own_pose_stays_the_same(
    step: Step, coarse: Any, turner: Any, portrait: Callable[..., Any]
) -> None:
    picture, vertices = portrait(np.random.default_rng(5))
    points = vertices[:478] * [1, -1, 1]
    fits = step("fitting").fit_all(points[None], coarse)
    scale, rotation, shift = fits.scale[0], fits.rotation[0], fits.translation[0]
    camera = np.column_stack([scale * rotation, shift + np.array([1, SIDE, 0])])
    turn, black = step("turn"), np.zeros((SIDE, SIDE, 3), np.uint8)
    source = turner.source(picture, points, scale, rotation, shift)
    again = turner.turned(source, turn.Shot(camera, np.zeros(3), turn.UNCHANGED_LIGHT, np.zeros(3), black))
    face = cv2.fillConvexPoly(
        np.zeros((SIDE, SIDE), np.uint8), cv2.convexHull(points[:, :2].astype(np.int32) * [1, -1]), 1
    )
    assert np.abs(again.picture.astype(int) - picture)[face > 0].mean() < 2
    assert np.allclose(again.vertices[:2, :468], vertices[:468, :2].T, atol=0.01)


def test_parameters_of_a_drawn_face_put_the_model_where_the_daemon_puts_it(
    step: Step, studio: Any, coarse: Any, drawn: list[Any]
) -> None:
    out = np.empty((3, len(studio.model.mean)), np.float32)
    for sample in drawn:
        studio.model.dense.project(sample.params, (0, 0, CROP, CROP), out, CROP)
        camera, coefficients = sample.params[:12].reshape(3, 4), sample.params[12:]
        expected = step("placing").in_crop(coarse.faces(coefficients), camera)[:, :2]
        assert np.abs(out[:2, :478].T - expected).max() < 0.1  # pixels


def test_drawn_faces_lie_in_their_crops_upright_and_turned_as_their_parameters_say(drawn: list[Any]) -> None:
    for sample in drawn:
        rotation, *_, distortion = _native.pose(sample.params)
        assert rotation[1, 1] > 0.3
        assert distortion < 1e-3


def test_an_eye_that_a_drawn_face_shuts_is_labelled_as_shut(step: Step, coarse: Any, drawn: list[Any]) -> None:
    fitting = step("fitting")
    faces = np.stack([coarse.faces(sample.params[12:]) for sample in drawn])
    gaps = fitting.lids_apart(faces) / fitting.lids_apart(coarse.mean[None])
    opening = np.array([sample.signals[1:3] for sample in drawn])
    assert np.all((gaps >= 0.7 * opening - 0.02) & (gaps <= 1.35 * opening + 0.02))
    assert 0 in opening
    assert 1 in opening


def test_an_eye_that_is_turned_away_is_labelled_as_not_seen(step: Step) -> None:
    turned = {yaw: step("rotations").rotation(yaw, 0, 0) for yaw in (-80, 0, 80)}
    seen = {
        yaw: step("drawn").eyes_turned_to(np.column_stack([turn, np.zeros(3)]).ravel().astype(np.float32)).tolist()
        for yaw, turn in turned.items()
    }
    assert seen[0] == [1, 1]
    assert sorted(seen[80]) == sorted(seen[-80]) == [0, 1]
    assert seen[80] == seen[-80][::-1]


def test_the_wider_the_jaw_the_more_a_mouth_gapes(step: Step, coarse: Any) -> None:
    shut, half, wide = (coarse.mean + share * coarse.roles[2] for share in (0, 0.5, 1))
    gape = step("fitting").gape
    assert gape(coarse, shut) == 0
    assert 0.3 < gape(coarse, half) < 0.7
    assert gape(coarse, wide) == 1


def test_what_covers_a_face_is_told_as_covered(things: Any, portrait: Callable[..., Any]) -> None:
    random = np.random.default_rng(0)
    picture, vertices = portrait(random)
    told, changed = [], []
    for _ in range(20):
        after = picture.copy()
        told.append(things.cover(after, vertices[:478, :2], random))
        changed.append((after != picture).any(2))
    assert np.mean(np.stack(changed)[np.stack(told)]) > 0.9
    assert np.mean([area.any() for area in told]) > 0.5


def test_faces_of_another_model_are_not_drawn(step: Step, coarse: Any, studio: Any) -> None:
    packs = Path(__file__).parents[3] / "models"
    other = step("coarse").Coarse(coarse.mean, coarse.shapes[::-1], coarse.expressions, coarse.places)
    with pytest.raises(ModelError, match="another face model"):
        step("drawn").open_drawn(packs / "open", other)
    assert step("drawn").open_drawn(packs / "open", coarse).model.size == studio.model.size


def test_labels_without_a_face_are_refused_in_one_sentence(step: Step, tmp_path: Path) -> None:
    empty = np.zeros((0, SIDE, SIDE, 3), np.uint8)
    arrays = {"crops": empty, "points": np.zeros((0, 478, 3)), "backgrounds": empty}
    np.savez(tmp_path / "labels.npz", sources=np.array([]), edges=np.zeros((0, 2), int), **arrays)
    with pytest.raises(ModelError, match="has no faces"):
        step("labelled").load_labels(tmp_path / "labels.npz")


def test_a_file_that_is_missing_or_something_else_is_named(step: Step, tmp_path: Path) -> None:
    path = tmp_path / "labels.npz"
    with pytest.raises(UsageError, match=r"label\.py"):
        step("labelled").load_labels(path)
    path.write_bytes(b"something else")
    with pytest.raises(ModelError, match="cannot be read"):
        step("labelled").load_labels(path)


def test_too_few_people_for_the_modes_are_refused(step: Step, edges: NDArray[np.int64]) -> None:
    few = np.random.default_rng(0).normal(0, 1, (12, 478, 3))
    with pytest.raises(ModelError, match="12 people are too few"):
        step("modes").shape_modes(few, step("topology").mirror(edges), np.zeros((10, 478, 3)))
