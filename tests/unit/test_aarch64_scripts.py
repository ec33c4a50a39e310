"""Scripts for an emulated aarch64: what they do where that cannot be had, and when figures count as equal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"

FIGURES: Mapping[str, NDArray[Any]] = {
    "params": np.zeros(62, np.float32),
    "angles": np.zeros(3),
    "landmarks": np.zeros((68, 3), np.float32),
    "vertices": np.zeros((3, 500), np.float32),
    "depth map": np.zeros((50, 50), np.float32),
    "confidence": np.array(0.9),
}


def compare(folder: Path, here: Mapping[str, NDArray[Any]], there: Mapping[str, NDArray[Any]]) -> int:
    paths = [folder / "here.npz", folder / "there.npz"]
    for path, figures in zip(paths, (here, there), strict=True):
        np.savez(path, **{f"a.png face 0/{name}": value for name, value in figures.items()})  # type: ignore[arg-type]
    command = [sys.executable, str(SCRIPTS / "aarch64/parity.py"), "compare", *map(str, paths)]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode


def moved(name: str, by: float, count: int = 1) -> dict[str, NDArray[Any]]:
    value = FIGURES[name].copy()
    value.reshape(-1)[:count] += by
    return {**FIGURES, name: value}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_may_be_apart_by_a_ten_thousandth(tmp_path: Path, name: str) -> None:
    assert compare(tmp_path, FIGURES, moved(name, 9e-5, 10)) == 0


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("by", [2e-4, float("nan")])
def test_and_by_no_more(tmp_path: Path, name: str, by: float) -> None:
    assert compare(tmp_path, FIGURES, moved(name, by, 10)) == 1


def test_one_pixel_in_a_thousand_of_a_depth_map_may_differ(tmp_path: Path) -> None:
    assert compare(tmp_path, FIGURES, moved("depth map", 1.0, 2)) == 0
    assert compare(tmp_path, FIGURES, moved("depth map", 1.0, 3)) == 1


def test_other_faces_are_a_difference(tmp_path: Path) -> None:
    assert compare(tmp_path, FIGURES, {}) == 1


@pytest.mark.parametrize(
    ("machine", "user", "words"), [("x86_64", "1000", "only root"), ("aarch64", "0", "is one itself")]
)
def test_where_nothing_can_be_emulated_one_line_says_why(tmp_path: Path, machine: str, user: str, words: str) -> None:
    for program, answer in (("uname", machine), ("id", user)):
        (tmp_path / program).write_text(f"#!/bin/sh\necho {answer}\n")
        (tmp_path / program).chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([SCRIPTS / "test-aarch64"], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
