"""Hidden landmarks beside rays through the whole surface, on the poses of AFLW2000-3D."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged import models
from visaged.render.occlusion import TOLERANCE, open_occlusion
from visaged.render.surface import Surface, open_surface
from visaged.values import Face
from visaged.vision.face_model import open_face_model

pytestmark = pytest.mark.needs_shared

FACES = 20
"""Of each range of yaw, evenly spread over the data."""


def behind_a_ray(surface: Surface, vertices: NDArray[Any]) -> NDArray[np.bool_]:
    """(68,): whether the ray from a landmark to the viewer meets the surface (beyond the tolerance)."""
    x, y, z = vertices.astype(np.float64)
    extent = max(np.ptp(x), np.ptp(y))
    corners = surface.triangles.T
    low, high = (bound(np.stack([x, y])[:, corners], axis=1) for bound in (np.min, np.max))
    hidden = []
    for vertex in surface.landmark_indices:
        at = np.array([x[vertex], y[vertex]])
        near = ((low <= at[:, None]) & (high >= at[:, None])).all(axis=0)
        a, b, c = corners[:, near]
        area = (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])
        with np.errstate(divide="ignore", invalid="ignore"):
            to_b = ((x[c] - at[0]) * (y[a] - at[1]) - (y[c] - at[1]) * (x[a] - at[0])) / area
            to_c = ((x[a] - at[0]) * (y[b] - at[1]) - (y[a] - at[1]) * (x[b] - at[0])) / area
        inside = (to_b >= 0) & (to_c >= 0) & (to_b + to_c <= 1)
        nearest = (z[a] + to_b * (z[b] - z[a]) + to_c * (z[c] - z[a]))[inside].max(initial=-np.inf)
        hidden.append(nearest > z[vertex] + TOLERANCE * extent)
    return np.array(hidden)


@pytest.mark.parametrize(
    ("lowest", "highest", "share"), [(0, 15, 0.96), (15, 30, 0.97), (30, 60, 0.95), (60, 90, 0.94)]
)
def test_hidden_landmarks_are_those_that_rays_find(
    shared: Path, upstream_models: Path, lowest: int, highest: int, share: float
) -> None:
    pack = models.load("3ddfa_v2", upstream_models)
    surface, model, occlusion = open_surface(pack), open_face_model(pack), open_occlusion(pack)
    assert occlusion is not None
    truth = np.load(shared / "eval/aflw2000/groundtruth.npz")
    params = np.load(shared / "eval/aflw2000/upstream_mb05_params.npz")["params"]
    yaw = np.abs(truth["yaw_deg"])
    chosen = np.flatnonzero((yaw >= lowest) & (yaw < highest))
    agreed = []
    for number in chosen[np.linspace(0, len(chosen) - 1, FACES).astype(int)]:
        roi = tuple(truth["roi_box"][number].tolist())
        fit = model.refit(params[number].astype(np.float32), roi)
        face = Face(0, 1.0, fit.box, roi, 1.0, True, None, fit.pose, fit.landmarks, fit.params)
        agreed.append(occlusion.hidden(face) == behind_a_ray(surface, surface.mesh(face).vertices))
    print(f"|yaw| {lowest} to {highest}: {np.mean(agreed):.4f}")
    assert np.mean(agreed) > share
