"""Upstream's regressor is exported at any width, and only if it is one."""

import cv2
import numpy as np
import onnxruntime
import pytest

from made.checkpoints import made_mobilenet, write_checkpoint
from visaged.errors import ModelError
from visaged.models import mobilenet
from visaged.models.pack import face_arrays, load_pack


@pytest.mark.parametrize("width", [0.25, 0.5, 1.0])
def test_any_width_is_read_from_the_shapes(tmp_path, width):
    checkpoint = write_checkpoint(tmp_path / "net.pth", made_mobilenet(width), training=True)

    assert mobilenet.export(checkpoint, tmp_path / "net.onnx") == width
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx")
    (params,) = session.run(["params"], {"input": np.zeros((1, 3, 120, 120), np.float32)})
    assert params.shape == (1, 62)
    assert np.isfinite(params).all()


def test_another_number_of_parameters_is_refused(tmp_path):
    checkpoint = write_checkpoint(tmp_path / "net.pth", made_mobilenet(params=60))

    with pytest.raises(ModelError, match=r"net\.pth regresses 60 parameters, and visaged needs 62"):
        mobilenet.export(checkpoint, tmp_path / "net.onnx")


def test_a_missing_layer_is_named(tmp_path):
    tensors = made_mobilenet()
    del tensors["dw5_3.conv_sep.weight"]

    with pytest.raises(ModelError, match=r"net\.pth has no tensor 'dw5_3\.conv_sep\.weight'"):
        mobilenet.export(write_checkpoint(tmp_path / "net.pth", tensors), tmp_path / "net.onnx")


@pytest.mark.needs_shared
def test_upstreams_crops_give_upstreams_parameters(shared, shared_packs):
    pack = load_pack(shared_packs / "3ddfa_v2")
    statistics = face_arrays(pack, ["param_mean", "param_std"])
    names = np.load(shared / "eval/aflw2000/groundtruth.npz")["names"][:25]
    expected = np.load(shared / "eval/aflw2000/upstream_mb05_params.npz")["params"]
    session = onnxruntime.InferenceSession(pack.regressor.path)

    for name, params in zip(names, expected, strict=False):
        crop = cv2.imread(str(shared / "eval/aflw2000/crops" / str(name))).astype(np.float32)
        grey = (crop - pack.regressor.mean) / pack.regressor.scale
        found = session.run(None, {"input": grey.transpose(2, 0, 1)[None]})[0][0]
        np.testing.assert_allclose(
            found, (params - statistics["param_mean"]) / statistics["param_std"], atol=1e-4, err_msg=str(name)
        )
