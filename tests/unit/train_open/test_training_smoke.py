"""The training of the open pack from labels to a pack, in small, on drawn faces."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged.models.store import load
from visaged.values import Part
from visaged.vision.face_model import open_face_model
from visaged.vision.regressor import open_regressor

REPOSITORY = Path(__file__).parents[3]
STEPS = REPOSITORY / "scripts" / "train_open"
DETECTOR = REPOSITORY / "models" / "open" / "detector.onnx"
SIDE, POINTS = 256, 478
STILLS, FRAMES, BACKGROUNDS = 36, 8, 6
PICTURE = (0.0, 0.0, float(SIDE), float(SIDE))
BEGINNING, SAMPLES = 64, 3840
LEARNT = 0.95
"""Of the mean loss in the first half that the second half has at most; without learning it is 1 +- 0.015."""

Portrait = Callable[[np.random.Generator], tuple[NDArray[np.uint8], NDArray[np.float64]]]
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="PyTorch is not installed: pip install '.[train]'"
)


@pytest.fixture
def labels(tmp_path: Path, portrait: Portrait, edges: NDArray[np.int64]) -> Path:
    """What ``label.py`` writes of photographs and a video, of drawn faces."""
    random, path = np.random.default_rng(1), tmp_path / "labels.npz"
    drawn = [portrait(random) for _ in range(STILLS + FRAMES)]
    names = [f"still{i}.jpg" for i in range(STILLS)] + [f"film.mkv#{i}" for i in range(FRAMES)]
    np.savez(
        path,
        crops=np.stack([picture for picture, _ in drawn]),
        points=np.stack([points[:POINTS] for _, points in drawn]).astype(np.float32),
        disagreement=np.zeros(len(drawn), np.float32),
        sources=np.array(names),
        backgrounds=random.integers(0, 255, (BACKGROUNDS, SIDE, SIDE, 3), np.uint8),
        edges=edges,
    )
    return path


@needs_torch
def test_training_learns_goes_on_and_makes_a_pack_that_works(tmp_path: Path, labels: Path, portrait: Portrait) -> None:
    work, packs = tmp_path / "work", tmp_path / "models"
    run("face_model.py", labels, "--out", work)
    run("train.py", labels, work, "--samples", BEGINNING, "--processes", 1)
    run("pack.py", work, DETECTOR, "--version", "begun", "--out", packs)
    said = run("train.py", labels, work, "--samples", SAMPLES, "--processes", 1, "--drawn", packs / "open")
    run("pack.py", work, DETECTOR, "--version", "smoke", "--out", packs)

    first, second = map(json.loads, said.splitlines())
    assert (first["step"], second["step"]) == (SAMPLES // 64 // 2, SAMPLES // 64)
    assert loss(second) < LEARNT * loss(first)
    pack = load("open", packs)
    assert pack.version == "smoke"
    assert pack.regressor is not None
    picture, _ = portrait(np.random.default_rng(2))
    answer = open_regressor(pack.regressor).regress(Part(picture), PICTURE)
    assert np.isfinite(open_face_model(pack).fit(answer.params, PICTURE).landmarks).all()
    assert_refuses_what_is_of_another_training(labels, work, packs)


def loss(line: dict[str, float]) -> float:
    return sum(line[part] for part in ("landmarks", "vertices", "rotation", "signals"))


def assert_refuses_what_is_of_another_training(labels: Path, work: Path, packs: Path) -> None:
    again = ("train.py", labels, work, "--samples", 2 * SAMPLES, "--processes", 1)
    assert "another face model" in refusal(*again, "--drawn", REPOSITORY / "models" / "open")
    (work / "checkpoint.pt").write_bytes(b"of something else")
    assert "no checkpoint of this network" in refusal(*again, "--drawn", packs / "open")


@needs_torch
def test_the_loss_of_the_true_parameters_is_zero_and_grows_with_errors(step: Any, coarse: Any, studio: Any) -> None:
    torch = importlib.import_module("torch")
    losses, std = step("losses"), studio.model.param_std.astype(np.float32)
    params = std * np.random.default_rng(0).normal(0, 1, (4, 62)).astype(np.float32)
    params[:, :12] = np.column_stack([np.eye(3) * 5e-4, [60, 60, 60]]).ravel()
    usual = step("normalisation").Normalisation(np.zeros(62, np.float32), std)
    truth = losses.Truth(torch.tensor(params), torch.zeros(4, 6), torch.zeros(4, 6), torch.ones(4))
    true = truth.params / torch.tensor(std)
    measure = losses.Loss(coarse, usual)
    shifted = measure(losses.Answer(true + 2 / torch.tensor(std) * (torch.arange(62) == 3), torch.zeros(4, 6)), truth)
    assert sum(measure(losses.Answer(true, torch.zeros(4, 6)), truth).values()).item() < 1e-3
    assert shifted["landmarks"].item() == pytest.approx(losses.LANDMARK_SHARE * 2, rel=1e-3)  # pixels
    assert shifted["rotation"].item() < 1e-3


def run(script: str, *arguments: object) -> str:
    """Do one step of the training, as its README says; gives its output."""
    done = started(script, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(script: str, *arguments: object) -> str:
    """What a step of the training says that ends with an error: one sentence."""
    done = started(script, *arguments)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def started(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", str(STEPS / script), *map(str, arguments)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
