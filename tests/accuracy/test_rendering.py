"""Surfaces and their pictures beside those that 3DDFA_V2's own code gives (../shared/golden)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged import models
from visaged.models import Pack
from visaged.render.occlusion import open_occlusion
from visaged.render.renderer import Renderer
from visaged.render.surface import Surface, open_surface
from visaged.sources.picture import read_picture
from visaged.values import Face, Image, Mesh
from visaged.vision.face_model import open_face_model

pytestmark = pytest.mark.needs_shared

PICTURES = ("emma", "JianzhuGuo", "trump_hillary")
DRAWN = ("JianzhuGuo", "trump_hillary")
"""Those of which there are upstream's pictures; it paints over the photograph."""

JAW, INNER = np.arange(17), np.arange(17, 68)


@pytest.fixture(scope="module")
def pack(upstream_models: Path) -> Pack:
    return models.load("3ddfa_v2", upstream_models)


@pytest.fixture(scope="module")
def surface(pack: Pack) -> Surface:
    return open_surface(pack)


def golden_faces(shared: Path, pack: Pack, name: str) -> list[Face]:
    """Faces of upstream's own parameters."""
    golden, model = np.load(shared / f"golden/{name}.npz"), open_face_model(pack)
    rois = [tuple(roi.tolist()) for roi in golden["roi"]]
    params = [row.astype(np.float32) for row in golden["params"]]
    fits = [model.refit(row, roi) for row, roi in zip(params, rois, strict=True)]
    return [
        Face(0, 1.0, fit.box, roi, 1.0, True, None, fit.pose, fit.landmarks, row)
        for fit, roi, row in zip(fits, rois, params, strict=True)
    ]


def golden_picture(shared: Path, name: str, kind: str) -> tuple[Image, NDArray[np.bool_]]:
    """Upstream's picture, and where it has painted."""
    picture = read_picture(shared / f"golden/{name}_{kind}.png")
    return picture, (picture != read_picture(shared / f"samples/images/{name}.jpg")).any(axis=2)


@pytest.fixture(scope="module")
def scene(shared: Path, pack: Pack, surface: Surface) -> Any:
    """``scene(name)``: the photograph and the surfaces of its faces."""

    def opened(name: str) -> tuple[Image, list[Mesh]]:
        meshes = [surface.mesh(face) for face in golden_faces(shared, pack, name)]
        return read_picture(shared / f"samples/images/{name}.jpg"), meshes

    return opened


@pytest.mark.parametrize("name", PICTURES)
def test_vertices_are_within_a_fiftieth_of_a_pixel(shared: Path, scene: Any, name: str) -> None:
    _, meshes = scene(name)
    for mesh, expected in zip(meshes, np.load(shared / f"golden/{name}.npz")["dense"], strict=True):
        errors = mesh.vertices.astype(np.float64) - expected
        errors[2] -= errors[2].mean()  # upstream's z starts at the nearest point of the mesh
        assert (np.sqrt((errors**2).mean(axis=1)) < 0.02).all()


def test_the_model_is_held_in_12_megabytes(surface: Surface) -> None:
    assert surface.dense.vertices == 38365
    assert surface.dense.nbytes <= 12e6


@pytest.mark.parametrize("name", DRAWN)
def test_codes_are_upstreams_within_a_level(shared: Path, surface: Surface, scene: Any, name: str) -> None:
    image, meshes = scene(name)
    expected, painted = golden_picture(shared, name, "pncc")
    found = Renderer(surface).pncc(image, meshes)
    covered = found.any(axis=2)
    assert (covered != painted).sum() < 0.001 * painted.sum()
    differences = np.abs(found.astype(int) - expected)[covered & painted].max(axis=1)
    assert (differences <= 1).mean() >= 0.999


@pytest.mark.parametrize("name", DRAWN)
def test_depth_is_upstreams_up_to_its_range(shared: Path, surface: Surface, scene: Any, name: str) -> None:
    image, meshes = scene(name)
    expected, painted = golden_picture(shared, name, "depth")
    renderer = Renderer(surface)
    for mesh in meshes:
        found = renderer.depth_picture(image, [mesh])[..., 0]
        both = (found > 0) & painted
        assert both.sum() > 0.99 * (found > 0).sum()
        assert np.corrcoef(found[both], expected[both][:, 0])[0, 1] > 0.999


def hidden(pack: Pack, faces: list[Face]) -> NDArray[np.bool_]:
    occlusion = open_occlusion(pack)
    assert occlusion is not None
    return np.stack([occlusion.hidden(face) for face in faces])


def test_a_frontal_face_hides_nothing_but_of_its_jaw(shared: Path, pack: Pack) -> None:
    faces = golden_faces(shared, pack, "JianzhuGuo") + golden_faces(shared, pack, "cap12_video")
    frontal = [face for face in faces if abs(face.pose.yaw) < 10 and abs(face.pose.pitch) < 15]
    assert len(frontal) > 50
    assert not hidden(pack, frontal)[:, INNER].any()


def test_a_turned_face_hides_the_far_side_of_its_jaw(shared: Path, pack: Pack) -> None:
    faces = golden_faces(shared, pack, "emma") + golden_faces(shared, pack, "obama_video")
    turned = [face for face in faces if face.pose.yaw > 30]  # the nose points to the left: the left side is far
    assert len(turned) > 3
    masks = hidden(pack, turned)
    assert masks[:, JAW[:6]].mean() > 0.95
    assert not masks[:, JAW[10:]].any()
    assert not masks[:, [22, 23, 24, 25, 26, 42, 43, 44, 45, 46, 47, 53, 54]].any()  # nor the near brow, eye, corner


def test_a_profile_hides_its_other_eye_and_brow(shared: Path, pack: Pack) -> None:
    (profile,) = (face for face in golden_faces(shared, pack, "emma") if face.pose.yaw > 50)
    (mask,) = hidden(pack, [profile])
    assert mask[[17, 36, 48]].all()
    assert not mask[[26, 45, 54, 27, 28, 29, 30]].any()
