"""YuNet's file is made to take any size, and only if it is YuNet's."""

import numpy as np
import onnxruntime
import pytest

from made.yunet import write_yunet
from visaged.errors import ModelError
from visaged.models import yunet


def check_sizes(path):
    session = onnxruntime.InferenceSession(path)
    for height, width in ((32, 32), (128, 160), (640, 640)):
        outputs = session.run(None, {"input": np.zeros((1, 3, height, width), np.float32)})
        for description, output in zip(session.get_outputs(), outputs, strict=True):
            stride = int(description.name.rpartition("_")[2])
            assert output.shape[1] == (height // stride) * (width // stride)


def test_any_multiple_of_32_is_a_size(made_yunet, tmp_path):
    yunet.export(made_yunet, tmp_path / "net.onnx")

    check_sizes(tmp_path / "net.onnx")


@pytest.mark.needs_shared
def test_the_published_file_takes_any_size_and_answers_as_before(shared, tmp_path):
    original = shared / "upstream/yunet/face_detection_yunet_2023mar.onnx"
    yunet.export(original, tmp_path / "net.onnx")
    check_sizes(tmp_path / "net.onnx")

    picture = np.random.default_rng(0).uniform(0, 255, (1, 3, 640, 640)).astype(np.float32)
    expected = onnxruntime.InferenceSession(original).run(None, {"input": picture})
    found = onnxruntime.InferenceSession(tmp_path / "net.onnx").run(None, {"input": picture})
    for before, after in zip(expected, found, strict=True):
        np.testing.assert_array_equal(before, after)


def test_other_outputs_are_refused(tmp_path):
    path = write_yunet(tmp_path / "other.onnx", rename="class_8")

    with pytest.raises(ModelError, match=r"other\.onnx is not YuNet: its inputs and outputs have other names"):
        yunet.export(path, tmp_path / "net.onnx")


def test_another_network_is_refused(made_pack_dir, tmp_path):
    with pytest.raises(ModelError, match=r"regressor\.onnx is not YuNet"):
        yunet.export(made_pack_dir / "3ddfa_v2/regressor.onnx", tmp_path / "net.onnx")


def test_an_operator_whose_name_is_no_text_is_refused(made_yunet, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(made_yunet.read_bytes().replace(b"Transpose", b"Transpos\xff"))

    with pytest.raises(ModelError, match=r"net\.onnx is not a readable ONNX file"):
        yunet.export(path, tmp_path / "out.onnx")


@pytest.mark.parametrize("content", [b"version https://git-lfs.github.com/spec/v1\n", b"\xff" * 100, bytes(100)])
def test_what_is_no_onnx_is_refused(tmp_path, content):
    path = tmp_path / "net.onnx"
    path.write_bytes(content)

    with pytest.raises(ModelError, match=r"net\.onnx is not"):
        yunet.export(path, tmp_path / "out.onnx")


def test_an_empty_file_says_so(tmp_path):
    path = tmp_path / "net.onnx"
    path.touch()

    with pytest.raises(ModelError, match=r"net\.onnx is empty"):
        yunet.export(path, tmp_path / "out.onnx")


def test_a_truncated_file_is_refused(made_yunet, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(made_yunet.read_bytes()[:-100])

    with pytest.raises(ModelError, match=r"net\.onnx is not"):
        yunet.export(path, tmp_path / "out.onnx")
