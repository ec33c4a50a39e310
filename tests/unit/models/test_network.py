"""Checkpoint tensors become ONNX layers, with batch norm folded in."""

import numpy as np
import onnxruntime
import pytest

from visaged.errors import ModelError
from visaged.models.network import Network, Signal


@pytest.fixture
def tensors():
    random = np.random.default_rng(0)
    return {
        "conv.weight": random.normal(size=(4, 3, 1, 1)).astype(np.float32),
        "deep.weight": random.normal(size=(4, 1, 1, 1)).astype(np.float32),
        **{f"bn.{name}": random.uniform(0.5, 2, 4).astype(np.float32) for name in ("weight", "bias", "running_mean")},
        "bn.running_var": random.uniform(0.5, 2, 4).astype(np.float32),
        "fc.weight": random.normal(size=(2, 3)).astype(np.float32),
        "fc.bias": np.zeros(2, np.float32),
    }


def run(network, output, tmp_path, picture):
    path = tmp_path / "net.onnx"
    network.save(path, "test", {"x": picture.shape}, {output.name: (1, output.channels, "h", "w")})
    return onnxruntime.InferenceSession(path).run(None, {"x": picture})[0]


def normalised(maps, tensors):
    """Batch norm as it is defined, channel by channel."""
    gain, bias, mean, variance = (
        tensors[f"bn.{name}"][:, None, None] for name in ("weight", "bias", "running_mean", "running_var")
    )
    return (maps - mean) / np.sqrt(variance + 1e-5) * gain + bias


def test_a_folded_convolution_equals_convolution_and_batch_norm(tensors, tmp_path):
    picture = np.random.default_rng(1).normal(size=(1, 3, 5, 6)).astype(np.float32)
    maps = np.einsum("oi,bihw->bohw", tensors["conv.weight"][:, :, 0, 0], picture)
    network = Network(tensors, "file.pth")
    output = network.conv_bn(Signal("x", 3), "conv", "bn")

    np.testing.assert_allclose(run(network, output, tmp_path, picture), normalised(maps, tensors), atol=1e-5)


def test_a_depthwise_convolution_keeps_channels_apart(tensors, tmp_path):
    picture = np.random.default_rng(1).normal(size=(1, 4, 5, 6)).astype(np.float32)
    maps = picture * tensors["deep.weight"][:, 0]
    network = Network(tensors, "file.pth")
    output = network.conv_bn(Signal("x", 4), "deep", "bn")

    np.testing.assert_allclose(run(network, output, tmp_path, picture), normalised(maps, tensors), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("conv.weight", None, "has no tensor 'conv.weight'"),
        ("bn.running_var", None, "has no tensor 'bn.running_var'"),
        ("conv.weight", np.zeros((4, 3), np.float32), r"unexpected shape \(4, 3\)"),
        ("conv.weight", np.zeros((4, 2, 1, 1), np.float32), "does not fit the 3 channels"),
        ("bn.bias", np.zeros(5, np.float32), "has 5 numbers in place of 4"),
        ("conv.weight", np.full((4, 3, 1, 1), np.nan, np.float32), "not finite"),
        ("bn.running_var", np.full(4, -1, np.float32), "negative variance"),
        ("conv.weight", np.zeros((4, 3, 1, 1), np.int64), "unexpected shape"),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(tensors, name, value, words):
    spoiled = {key: tensor for key, tensor in tensors.items() if key != name}
    if value is not None:
        spoiled[name] = value

    with pytest.raises(ModelError, match=rf"file\.pth.*{words}"):
        Network(spoiled, "file.pth").conv_bn(Signal("x", 3), "conv", "bn")


def test_a_linear_layer_of_the_wrong_width_is_named(tensors):
    with pytest.raises(ModelError, match=r"'fc\.weight' of shape \(2, 3\) does not fit the 7 channels"):
        Network(tensors, "file.pth").linear(Signal("x", 7), "fc", "y")
