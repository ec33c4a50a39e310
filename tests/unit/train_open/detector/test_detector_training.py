"""Training of the detector, in small. Needs torch, which the extra [train] brings."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from visaged.models import DetectorSpec
from visaged.values import Picture
from visaged.vision.boxes import intersection_over_union
from visaged.vision.detector import open_detector


@pytest.fixture(autouse=True)
def _one_thread(train: ModuleType) -> None:
    train.torch.set_num_threads(1)


def _steps(train: ModuleType, run: Any, faces: Any, count: int) -> list[dict[str, float]]:
    return [train.learn(run, train.batch(faces, 0, run.step)[:4], 4e-3) for _ in range(count)]


def test_a_training_that_goes_on_from_its_checkpoint_ends_as_one_without_a_break(
    train: ModuleType, faces: Any, tmp_path: Path
) -> None:
    whole = train.start(tmp_path / "none.pt", seed=0)
    _steps(train, whole, faces, 4)
    first = train.start(tmp_path / "broken.pt", seed=0)
    _steps(train, first, faces, 2)
    first.save(tmp_path / "broken.pt")
    second = train.start(tmp_path / "broken.pt", seed=0)
    _steps(train, second, faces, 2)
    for name, expected in whole.average.state_dict().items():
        assert train.torch.equal(expected, second.average.state_dict()[name]), name


def test_a_detector_trained_on_one_scene_is_read_by_the_daemon_and_finds_its_face(
    train: ModuleType, export: ModuleType, faces: Any, tmp_path: Path
) -> None:
    scene = _scene_with_one_large_face(train, faces)
    run = train.start(tmp_path / "none.pt", seed=0)
    losses = [sum(train.learn(run, [scene] * 4, 4e-3).values()) for _ in range(80)]
    assert losses[-1] < losses[0] / 4
    export.write(run.network.eval(), tmp_path / "detector.onnx")
    detector = open_detector(DetectorSpec(tmp_path / "detector.onnx", "yunet", "input"), 160, 0.0)
    found = detector.detect(Picture(np.ascontiguousarray(scene.image)))
    true = tuple(scene.boxes[0].tolist())
    assert intersection_over_union(found[0].box, true) > 0.6


def test_the_shift_of_the_scores_puts_the_likeliest_empty_scene_at_the_threshold(
    train: ModuleType, export: ModuleType, faces: Any, tmp_path: Path
) -> None:
    grids = train.start(tmp_path / "none.pt", seed=0).network.eval()
    empty = export.empty_scenes(faces, 8)
    with train.torch.no_grad():
        export.calibrate(grids, empty)
    export.write(grids, tmp_path / "detector.onnx")
    highest = _highest_scores(tmp_path / "detector.onnx", empty)
    assert highest.max() == pytest.approx(export.THRESHOLD, abs=0.01)


def _highest_scores(path: Path, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    highest = []
    for picture in pictures:
        tensor = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)
        scores = [output.ravel() for output in session.run(None, {"input": tensor})[:6]]
        highest.append(np.sqrt(np.concatenate(scores[:3]) * np.concatenate(scores[3:])).max())
    return np.array(highest)


def _scene_with_one_large_face(train: ModuleType, faces: Any) -> Any:
    for seed in range(200):
        scene = train.compose(faces, 160, 128, np.random.default_rng(seed))
        if len(scene.boxes) == 1 and scene.counts[0] and 40 < scene.boxes[0, 2] - scene.boxes[0, 0] < 90:
            return scene
    raise AssertionError("no such scene")
