"""The training code of the detector, importable, and a few drawn faces to train on."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

SCRIPTS = Path(__file__).parents[4] / "scripts" / "train_open"
SIDE, FACES = 256, 6
EYES, NOSE, MOUTH = {33: 100, 133: 116, 362: 140, 263: 156}, {1: (128, 130)}, {61: (112, 152), 291: (144, 152)}
UPPER_RIM, CHIN = {67: 110, 109: 119, 10: 128, 338: 137, 297: 146}, {152: (128, 175)}


@pytest.fixture
def scenes(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return _module("scenes", monkeypatch)


@pytest.fixture
def material(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return _module("material", monkeypatch)


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    _need_the_extra()
    return _module("train", monkeypatch)


@pytest.fixture
def export(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    _need_the_extra()
    return _module("export", monkeypatch)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A file as ``label.py`` writes it, with faces that are drawn."""
    rng = np.random.default_rng(0)
    path = tmp_path / "labels.npz"
    np.savez(
        path,
        crops=np.stack([_drawn_face(rng) for _ in range(FACES)]),
        points=np.stack([_points()] * FACES),
        sources=np.array([f"{number}.jpg" for number in range(FACES)]),
        backgrounds=rng.integers(0, 255, (3, SIDE, SIDE, 3), np.uint8),
    )
    return path


@pytest.fixture
def faces(material: ModuleType, labels: Path) -> Any:
    return material.load([labels], held_out=False)


def _module(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module(f"detector.{name}")


def _need_the_extra() -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("no torch: training is tested where the extra [train] is installed (pip install 'visaged[train]')")


def _points() -> NDArray[np.float32]:
    points = np.tile(np.array([128, 130, 0], np.float32), (478, 1))
    for index, x in EYES.items():
        points[index, :2] = x, 112
    for index, x in UPPER_RIM.items():
        points[index, :2] = x, 90
    for index, place in (NOSE | MOUTH | CHIN).items():
        points[index, :2] = place
    points[234, :2], points[454, :2] = (90, 128), (166, 128)
    return points


def _drawn_face(rng: np.random.Generator) -> NDArray[np.uint8]:
    crop = np.full((SIDE, SIDE, 3), rng.integers(0, 255, 3), np.uint8)
    cv2.rectangle(crop, (40, 185), (216, 255), rng.integers(0, 255, 3).tolist(), -1)
    cv2.ellipse(crop, (128, 130), (40, 48), 0, 0, 360, (140, 170, 220), -1)
    for x in (108, 148):
        cv2.circle(crop, (x, 112), 7, (30, 30, 30), -1)
    cv2.ellipse(crop, (128, 152), (16, 5), 0, 0, 360, (60, 60, 170), -1)
    return crop
