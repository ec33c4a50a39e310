"""The training of the open pack from labels to a pack, in small, on drawn faces."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged.models.store import load
from visaged.synthetic.light import Light
from visaged.synthetic.person import random_person
from visaged.synthetic.studio import Studio, open_studio
from visaged.vision.face_model import open_face_model
from visaged.vision.regressor import open_regressor

STEPS = Path(__file__).parents[3] / "scripts" / "train_open"
PACK = Path(__file__).parents[3] / "models" / "open"
SIDE, POINTS, COARSE = 256, 478, 532
STILLS, FRAMES, BACKGROUNDS = 36, 8, 6
SAMPLES = 3072
PICTURE = (0.0, 0.0, float(SIDE), float(SIDE))


def test_training_learns_and_makes_a_pack_that_works(tmp_path: Path) -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed: pip install '.[train]'")
    studio = open_studio(load("open", PACK.parent))
    random = np.random.default_rng(1)
    labels, work = tmp_path / "labels.npz", tmp_path / "work"
    write_labels(labels, studio, random)
    step("face_model.py", labels, "--out", work)
    said = step("train.py", labels, work, "--samples", SAMPLES, "--processes", 1, "--drawn", PACK)
    step("pack.py", work, PACK / "detector.onnx", "--version", "smoke", "--out", tmp_path / "models")

    first, second = map(json.loads, said.splitlines())
    assert second["landmarks"] + second["signals"] < 0.9 * (first["landmarks"] + first["signals"])
    pack = load("open", tmp_path / "models")
    assert pack.regressor is not None
    picture, _ = face(studio, random)
    answer = open_regressor(pack.regressor, 1).regress(picture, PICTURE)
    assert np.isfinite(open_face_model(pack).fit(answer.params, PICTURE).landmarks).all()


def step(script: str, *arguments: object) -> str:
    """Run one script of the training, as its README says; gives its output."""
    command = [sys.executable, str(STEPS / script), *map(str, arguments)]
    done = subprocess.run(
        command, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_labels(path: Path, studio: Studio, random: np.random.Generator) -> None:
    """What ``label.py`` writes of photographs, of drawn faces."""
    drawn = [face(studio, random) for _ in range(STILLS + FRAMES)]
    names = [f"still{i}.jpg" for i in range(STILLS)] + [f"film.mkv#{i}" for i in range(FRAMES)]
    np.savez(
        path,
        crops=np.stack([picture for picture, _ in drawn]),
        points=np.stack([points[:POINTS] for _, points in drawn]).astype(np.float32),
        disagreement=np.zeros(len(drawn), np.float32),
        sources=np.array(names),
        backgrounds=random.integers(0, 255, (BACKGROUNDS, SIDE, SIDE, 3), np.uint8),
        edges=coarse_edges(studio.model.triangles, len(studio.model.mean)),
    )


def face(studio: Studio, random: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """A picture (256, 256, 3) of somebody, and all vertices (N, 3) in its pixels, z towards the viewer."""
    turned = np.radians(random.uniform(-20, 20))
    model = studio.model
    person = random_person(random, model.shape_std, model.textures)
    params = model.params(
        person.shape,
        {"lid_left": 0.0, "lid_right": 0.0, "jaw": random.uniform(0, 0.3)},
        random.normal(0, 0.7, 7).tolist(),
    )
    cos, sin = np.cos(turned), np.sin(turned)
    camera = np.zeros((3, 4))
    camera[:, :3] = np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]]) * (0.35 * model.size / 1.6e5)
    camera[:, 3] = model.size / 2, model.size / 2, model.size / 2
    params[:12] = camera.ravel()
    picture = np.full((SIDE, SIDE, 3), random.integers(40, 200, 3), np.uint8)
    studio.draw(picture, studio.sitter(person), params, PICTURE, Light(azimuth=random.uniform(-60, 60)))
    vertices = np.empty((3, len(model.mean)), np.float32)
    model.dense.project(params, PICTURE, vertices, model.size)
    return picture, vertices.T.astype(np.float64)


def coarse_edges(triangles: NDArray[np.int32], vertices: int) -> NDArray[np.int64]:
    """The edges of MediaPipe's mesh (1322, 2), from the pack's, which was made from it by halving all edges twice.

    With V, E and F vertices, edges and faces, halving gives V + E vertices and 2 E + 3 F edges.
    """
    faces = len(triangles) // 16
    edges = (vertices - COARSE - 3 * faces) // 3
    middles = _halved(triangles, COARSE + edges)
    links = {frozenset(pair) for pair in middles.tolist()}
    near: dict[int, list[int]] = {}
    for pair in links:
        old = [end for end in pair if end < COARSE]
        for end in pair - set(old):
            near.setdefault(end, []).extend(old)
    whole = {(min(ends), max(ends)) for ends in near.values() if len(ends) == 2}
    return np.array(sorted(edge for edge in whole if max(edge) < 468))


def _halved(triangles: NDArray[np.int32], old: int) -> NDArray[np.int64]:
    """The edges between the first ``old`` vertices before the mesh was refined, as pairs."""
    ends: dict[int, set[int]] = {}
    for face in triangles.tolist():
        for vertex in face:
            if vertex >= old:
                ends.setdefault(vertex, set()).update(other for other in face if other < old)
    return np.array([sorted(pair) for pair in ends.values() if len(pair) == 2])
