"""From a trained network to ``regressor.onnx``."""

import copy
import io
from pathlib import Path

import onnx
import torch
from layout import SIZE
from network import Network, Shipped
from whole import whole


def write_onnx(network: Network, path: Path) -> None:
    """Write the network with batch normalisation folded in and its signals as probabilities.

    Its input is "input", its outputs are "params" and "signals".
    """
    shipped = Shipped(copy.deepcopy(network)).eval()
    buffer = io.BytesIO()
    torch.onnx.export(
        shipped,
        (torch.zeros(1, 3, SIZE, SIZE),),
        buffer,
        input_names=["input"],
        output_names=["params", "signals"],
        opset_version=13,
        dynamo=False,
    )
    model = onnx.load_from_string(buffer.getvalue())
    model.producer_name, model.producer_version = "visaged", ""
    onnx.checker.check_model(model, full_check=True)
    with whole(path) as partial:
        onnx.save(model, partial)
