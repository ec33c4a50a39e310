"""A made morphable face of 600 vertices: half an ellipsoid with a nose and 68 iBUG landmarks, in micrometres."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import scipy.io
from numpy.typing import NDArray
from scipy.spatial import Delaunay

VERTICES = 600
SCALE = 5.8926e-4
"""Pixels of the 120x120 crop per micrometre: the landmarks ask for just the crop that they were found in."""
OFFSET = (61.0, 70.9)
"""Where the origin is in the crop: pixels from the left plus one, and from below."""

Points = NDArray[np.float64]


def write_configs(folder: Path) -> None:
    """Write the files of upstream's ``configs/`` for this face."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(3)
    points = _vertices()
    # Upstream's triangles face outward once y points down; Delaunay's do while it points up.
    triangles = Delaunay(points[:, :2]).simplices[:, ::-1].T.astype(np.int32)
    model = {
        "u": points.reshape(-1, 1).astype(np.float32),
        "w_shp": random.normal(0, 3, (3 * VERTICES, 40)).astype(np.float32),
        "w_exp": random.normal(0, 3, (3 * VERTICES, 10)).astype(np.float32),
        "tri": triangles,
        "keypoints": np.arange(3 * 68),
    }
    _pickle(folder / "bfm_noneck_v3.pkl", model)
    _pickle(folder / "tri.pkl", triangles)
    _pickle(folder / "param_mean_std_62d_120x120.pkl", _statistics())
    low, high = points.min(axis=0), points.max(axis=0)
    codes = (points - low) / (high - low)
    np.save(folder / "ncc_code.npy", codes.T.astype(np.float32))
    rows = np.arange(25, 25 + VERTICES, dtype=np.int32)
    np.save(folder / "indices.npy", rows)
    uv = np.zeros((VERTICES + 50, 2))
    uv[rows] = codes[:, :2]
    scipy.io.savemat(folder / "BFM_UV.mat", {"UV": uv}, do_compression=True)


def five_points() -> Points:
    """(5, 2): eyes, nose tip and corners of the mouth in the crop, in sides of it from its top left corner."""
    landmarks = _landmarks()
    eyes = [landmarks[36:42].mean(axis=0), landmarks[42:48].mean(axis=0)]
    x, y = (SCALE * np.array([*eyes, *landmarks[[30, 48, 54]]])).T
    return np.stack([OFFSET[0] - 1 + x, 120 - OFFSET[1] - y], axis=1) / 120


def _statistics() -> dict[str, NDArray[np.float32]]:
    """Means and deviations of the parameters: a frontal face in the middle of the crop.

    The deviations are minute, so that a face that is tracked stays where it is whatever a random network says.
    """
    mean, deviation = np.zeros(62, np.float32), np.ones(62, np.float32)
    mean[[0, 5, 10]] = SCALE
    mean[[3, 7, 11]] = *OFFSET, -67
    deviation[:12] = 1e-3 * SCALE
    deviation[[3, 7, 11]] = 0.02, 0.02, 5
    return {"mean": mean, "std": deviation}


def _pickle(path: Path, value: object) -> None:
    path.write_bytes(pickle.dumps(value, protocol=4))


def _vertices() -> Points:
    """(600, 3), the landmarks first, then points spread over the front of the head like a sunflower's seeds."""
    count = VERTICES - 68
    radius = np.sqrt((np.arange(count) + 0.5) / count)
    angle = np.arange(count) * np.pi * (3 - np.sqrt(5))
    seeds = np.stack([80e3 * radius * np.cos(angle), 100e3 * radius * np.sin(angle)], axis=1)
    flat = np.concatenate([_landmarks(), seeds])
    return np.column_stack([flat, _depth(flat)])


def _depth(flat: Points) -> Points:
    x, y = flat.T
    head = 100e3 * np.sqrt(np.clip(1 - (x / 90e3) ** 2 - (y / 115e3) ** 2, 0, None))
    nose = 22e3 * np.exp(-((x / 12e3) ** 2) - ((y + 10e3) / 22e3) ** 2)
    return head + nose


def _landmarks() -> Points:
    """(68, 2) in iBUG order, x right and y up."""
    turn = np.linspace(0, np.pi, 17)
    jaw = np.stack([-72e3 * np.cos(turn), 18e3 - 104e3 * np.sin(turn)], axis=1)
    along = np.linspace(-58e3, -15e3, 5)
    brow = np.stack([along, 42e3 + 7e3 * np.sin(np.linspace(0.3, 2.8, 5))], axis=1)
    bridge = np.stack([np.full(4, 50.0), np.linspace(28e3, -8e3, 4)], axis=1)
    nostrils = np.stack([np.linspace(-14e3, 14e3, 5), [-17e3, -19e3, -20e3, -19e3, -17e3]], axis=1)
    eye = _loop(6, 11e3, 5e3)
    mouth = [0, -44e3]
    return np.concatenate(
        [
            jaw,
            brow,
            (brow * [-1, 1])[::-1],
            bridge,
            nostrils,
            eye + np.array([-33e3, 27e3]),
            eye + np.array([33e3, 27e3]),
            _loop(12, 26e3, 11e3) + mouth,
            _loop(8, 20e3, 4e3) + mouth,
        ]
    )


def _loop(count: int, width: float, height: float) -> Points:
    """Points around an opening from its left corner over the top."""
    angle = np.pi - 2 * np.pi * np.arange(count) / count
    return np.stack([width * np.cos(angle), height * np.sin(angle)], axis=1)
