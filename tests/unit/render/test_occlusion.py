"""Hidden landmarks, before and behind a made surface and on a real one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visaged import _native, models
from visaged.render.occlusion import Occlusion, coarse, open_occlusion
from visaged.render.renderer import Renderer
from visaged.render.surface import open_surface
from visaged.values import Face
from visaged.vision.face_model import open_face_model

ROI = (0.0, 0.0, 120.0, 120.0)


def grid(side: int = 41) -> tuple[Any, Any]:
    """Points of a square of 100 units, ``side`` x ``side``, and its triangles, front towards +z with y up."""
    across, up = np.meshgrid(np.linspace(0, 100, side), np.linspace(0, 100, side))
    points = np.stack([across.ravel(), up.ravel(), np.zeros(side * side)], axis=1).astype(np.float32)
    first = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    lower = np.stack([first, first + side, first + 1], axis=1)
    upper = np.stack([first + 1, first + side, first + side + 1], axis=1)
    return points, np.concatenate([lower, upper]).astype(np.int32)


def occlusion_of(points: Any, triangles: Any, landmarks: Any) -> Occlusion:
    vertices = np.concatenate([points, landmarks]).astype(np.float32)
    basis = np.zeros((vertices.size, 50), np.float32)
    dense = _native.DenseModel(vertices.ravel(), [basis], np.ones(50, np.float32))
    return Occlusion(dense, triangles, len(landmarks), 120)


def test_what_lies_behind_the_surface_is_hidden_and_what_lies_before_it_is_not(make_face: Any) -> None:
    points, triangles = grid()
    landmarks = np.array([[50, 50, -20], [50, 50, 20], [30, 70, -0.5], [10, 90, -20]], np.float32)
    hidden = occlusion_of(points, triangles, landmarks).hidden(straight(make_face))
    assert hidden.tolist() == [True, False, False, True]


def test_the_size_of_the_face_does_not_matter(make_face: Any) -> None:
    points, triangles = grid()
    landmarks = np.array([[50, 50, -20], [50, 50, 20]], np.float32)
    occlusion = occlusion_of(points, triangles, landmarks)
    for scale in (0.01, 0.1, 10.0, 100.0):
        assert occlusion.hidden(straight(make_face, scale)).tolist() == [True, False]


def test_a_face_that_is_nowhere_hides_everything(make_face: Any) -> None:
    points, triangles = grid()
    face = make_face(params=np.full(62, np.nan, np.float32), roi=ROI)
    assert occlusion_of(points, triangles, points[:3]).hidden(face).all()


def test_a_coarse_surface_covers_what_the_fine_one_does() -> None:
    points, triangles = grid(241)
    kept, fewer = coarse(points, triangles)
    assert len(kept) < len(points) / 10
    corners = points[kept][fewer]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2
    assert abs(np.abs(areas).sum() - 100 * 100) < 0.1 * 100 * 100


def test_a_pack_without_triangles_cannot_tell(made_pack_dir: Path, tmp_path: Path) -> None:
    pack = models.load("3ddfa_v2", made_pack_dir)
    with np.load(pack.face_model) as archive:
        arrays = {name: archive[name] for name in archive.files if name != "triangles"}
    np.savez(tmp_path / "face_model.npz", **arrays)
    assert open_occlusion(replace(pack, face_model=tmp_path / "face_model.npz")) is None


def straight(make_face: Any, scale: float = 1.0) -> Any:
    """A face whose model units are ``scale`` pixels, seen from the front."""
    camera = np.zeros((3, 4), np.float32)
    camera[:, :3] = np.eye(3) * scale
    return make_face(params=np.concatenate([camera.ravel(), np.zeros(50, np.float32)]), roi=ROI)


@pytest.mark.needs_shared
def test_it_agrees_with_a_drawing_of_the_whole_surface(shared: Path, shared_packs: Path) -> None:
    pack = models.load("3ddfa_v2", shared_packs)
    surface, occlusion, model = open_surface(pack), open_occlusion(pack), open_face_model(pack)
    assert occlusion is not None
    renderer = Renderer(surface)
    params = np.load(shared / "eval/aflw2000/upstream_mb05_params.npz")["params"][:200].astype(np.float32)
    agreed = []
    for row in params:
        fit = model.refit(row, ROI)
        face = Face(0, 1.0, fit.box, ROI, 1.0, True, None, fit.pose, fit.landmarks, row)
        seen = renderer.visible_vertices(surface.mesh(face))[surface.landmark_indices]
        agreed.append(occlusion.hidden(face) == ~seen)
    assert np.mean(agreed) > 0.95
