"""FaceBoxes is exported for pictures of any size, and only if it is one."""

import cv2
import numpy as np
import onnxruntime
import pytest

from made.checkpoints import made_faceboxes, write_checkpoint
from visaged.errors import ModelError
from visaged.models import faceboxes


@pytest.fixture(scope="module")
def session(made_pack_dir):
    return onnxruntime.InferenceSession(made_pack_dir / "3ddfa_v2/detector.onnx")


@pytest.mark.parametrize("size", [(96, 160), (33, 57), (405, 720)])
def test_every_cell_of_every_level_has_its_boxes(session, size):
    boxes, scores = session.run(["boxes", "scores"], {"input": np.zeros((1, 3, *size), np.float32)})

    height, width = (-(-extent // 32) for extent in size)
    cells = [(-(-height // 2**level)) * (-(-width // 2**level)) for level in range(3)]
    assert boxes.shape == (1, 21 * cells[0] + cells[1] + cells[2], 4)
    assert scores.shape == (1, boxes.shape[1], 2)
    np.testing.assert_allclose(scores.sum(axis=2), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "words"),
    [("inception2.branch3x3.bn.running_mean", "has no tensor"), ("loc.0.weight", "has no tensor")],
)
def test_a_missing_tensor_is_named(tmp_path, name, words):
    tensors = made_faceboxes()
    del tensors[name]

    with pytest.raises(ModelError, match=rf"net\.pth {words} '{name}'"):
        faceboxes.export(write_checkpoint(tmp_path / "net.pth", tensors), tmp_path / "net.onnx")


def test_another_number_of_anchors_is_refused(tmp_path):
    tensors = made_faceboxes()
    tensors["loc.1.weight"] = np.zeros((8, 32, 3, 3), np.float32)
    tensors["loc.1.bias"] = np.zeros(8, np.float32)

    with pytest.raises(ModelError, match=r"loc\.1 predicts 8 numbers per cell, not 4"):
        faceboxes.export(write_checkpoint(tmp_path / "net.pth", tensors), tmp_path / "net.onnx")


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["JianzhuGuo", "trump_hillary"])
def test_the_best_score_is_upstreams(shared, shared_packs, name):
    picture = cv2.imread(str(shared / f"samples/images/{name}.jpg"))
    height, width = picture.shape[:2]
    scale = min(1, 720 / height, 1080 / width)  # upstream's working size
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale)
    blob = (picture.astype(np.float32) - np.float32([104, 117, 123])).transpose(2, 0, 1)[None]
    session = onnxruntime.InferenceSession(shared_packs / "3ddfa_v2/detector.onnx")
    scores = session.run(["scores"], {"input": blob})[0][0, :, 1]

    expected = np.load(shared / f"golden/{name}.npz")["boxes"][:, 4].max()
    assert scores.max() == pytest.approx(expected, abs=1e-3)
