"""The figures of the literature, by the protocols of ../shared/README.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visaged.assembly import Vision
from visaged.sources.picture import read_picture
from visaged.values import Picture

pytestmark = pytest.mark.needs_shared

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/accuracy.py"


def _accuracy(shared: Path, models: Path, *options: str) -> Any:
    command = [sys.executable, str(SCRIPT), "aflw2000", "--eval", str(shared / "eval"), *options]
    command += ["--set", f'model.models_dir="{models}"', "--set", "model.pack=3ddfa_v2"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=120).stdout)["aflw2000"]


@pytest.fixture(scope="module")
def ours(shared: Path, upstream_models: Path) -> Any:
    return _accuracy(shared, upstream_models)


@pytest.fixture(scope="module")
def upstreams(shared: Path, upstream_models: Path) -> Any:
    """The same figures of the parameters that upstream's own code regressed."""
    return _accuracy(shared, upstream_models, "--params", str(shared / "eval/aflw2000/upstream_mb05_params.npz"))


@pytest.mark.real_machine
def test_nme_on_aflw2000_is_that_of_upstreams_parameters(ours: Any, upstreams: Any) -> None:
    assert 3.0 < upstreams["nme"]["mean_of_bins"] < 4.0
    assert ours["nme"]["mean_of_bins"] == pytest.approx(upstreams["nme"]["mean_of_bins"], abs=0.01)


@pytest.mark.real_machine
def test_pose_error_on_aflw2000_is_that_of_upstreams_parameters(ours: Any, upstreams: Any) -> None:
    assert 3.0 < upstreams["pose_mae"]["mean"] < 4.0
    assert ours["pose_mae"]["mean"] == pytest.approx(upstreams["pose_mae"]["mean"], abs=0.01)


@pytest.mark.real_machine
def test_confidence_doubts_the_bad_fits_and_few_of_the_good_ones(ours: Any) -> None:
    assert ours["confidence"]["valid"] > 0.95
    assert ours["confidence"]["nme_of_others"] > 2 * ours["confidence"]["nme_of_valid"]


def test_every_driver_of_yawdd_is_found(shared: Path, yunet_vision: Vision) -> None:
    pictures = sorted((shared / "eval/yawdd").glob("*/*.jpg"))
    missed = [path.name for path in pictures if not yunet_vision.detector.detect(Picture(read_picture(path)))]
    assert len(pictures) == 200
    assert missed == []


def test_every_driver_of_yawdd_is_valid_and_none_that_is_upside_down(shared: Path, yunet_vision: Vision) -> None:
    still = yunet_vision.still()
    upright, upside_down = 0, 0
    for path in sorted((shared / "eval/yawdd").glob("*/*.jpg")):
        image = read_picture(path)
        upright += any(face.valid for face in still.detect(image))
        upside_down += any(face.valid for face in still.detect(np.ascontiguousarray(image[::-1])))
    assert (upright, upside_down) == (200, 0)
