"""Stages made from the made packs, fits to order, and small ONNX networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from made.scene import Follower, Scene
from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.models import face_arrays
from visaged.mqtt import axes
from visaged.values import Box, Face, Pose
from visaged.vision.face_model import Fit
from visaged.vision.face_state import FaceState
from visaged.vision.smoothing import from_state


@pytest.fixture(scope="session")
def open_made(made_pack_dir: Path, made_open_dir: Path) -> Callable[..., Vision]:
    """``open_made("detect.size=64", ...)``: the stages from the made pack 3ddfa_v2, or from ``pack="open"``."""
    folders = {"3ddfa_v2": made_pack_dir, "open": made_open_dir}

    def opened(*sets: str, pack: str = "3ddfa_v2") -> Vision:
        return open_vision(load(None, [f'model.models_dir="{folders[pack]}"', f"model.pack={pack}", *sets]).config)

    return opened


@pytest.fixture(scope="session")
def made_vision(open_made: Callable[..., Vision]) -> Vision:
    """The stages of the made pack 3ddfa_v2 with YuNet."""
    return open_made()


@pytest.fixture(scope="session")
def make_fit() -> Callable[..., Fit]:
    """``make_fit(box, **changes)``: a frontal face; changes to the pose are named yaw, scale, ..."""

    def make(box: Box = (20.0, 20.0, 80.0, 80.0), **changes: Any) -> Fit:
        pose = {"rotation": np.eye(3, dtype=np.float32), "quaternion": (1.0, 0.0, 0.0, 0.0)}
        pose |= {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, "scale": 1e-4}
        pose |= {key: changes.pop(key) for key in list(changes) if key in pose}
        fit = {
            "params": np.zeros(62, np.float32),
            "deviations": np.zeros(50, np.float32),
            "landmarks": np.zeros((68, 3), np.float32),
            "distortion": 0.05,
        }
        return Fit(**(fit | changes), box=box, pose=Pose(**pose))

    return make


@pytest.fixture
def scene(make_fit: Callable[..., Fit]) -> Scene:
    """What a scripted detector and judge see."""
    return Scene(make_fit)


@pytest.fixture
def track(scene: Scene) -> Follower:
    """``track(faces of each frame)``: a tracker in that scene."""
    return Follower(scene)


@pytest.fixture
def write_network(tmp_path: Path) -> Callable[..., Path]:
    """``write_network(inputs={name: shape}, outputs={name: shape})``: a file whose outputs are zeros of those shapes.

    ``kind`` is the type of all tensors. ``given``: the shapes that really come out, where they differ.
    """

    def write(
        inputs: dict[str, list[Any]],
        outputs: dict[str, list[Any]],
        kind: Any = onnx.TensorProto.FLOAT,
        given: dict[str, list[int]] | None = None,
    ) -> Path:
        dtype = helper.tensor_dtype_to_np_dtype(kind)
        nodes = [helper.make_node("Identity", [f"zeros_{name}"], [name]) for name in outputs]
        zeros = [
            numpy_helper.from_array(np.zeros((given or {}).get(name, _sizes(shape)), dtype), f"zeros_{name}")
            for name, shape in outputs.items()
        ]
        graph = helper.make_graph(
            nodes,
            "made",
            [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
            [helper.make_tensor_value_info(name, kind, shape) for name, shape in outputs.items()],
            zeros,
        )
        path = tmp_path / "net.onnx"
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
        return path

    return write


def _sizes(shape: list[Any]) -> list[int]:
    return [size if isinstance(size, int) else 1 for size in shape]


@pytest.fixture(scope="session")
def look_at(made_vision: Vision) -> Callable[..., Face]:
    """``look_at(yaw=..., pitch=..., roll=..., x=..., y=..., size=..., coefficient=..., roi=..., **changes)``.

    A tracked face of the made pack. The origin of its model is at x, y in the picture; ``size`` is half the side of the
    region around it; ``coefficient`` all of its shape's and expression's; ``roi`` another region for the same face.
    """
    model = made_vision.face_model
    scale = float(face_arrays(made_vision.pack, ("param_mean",))["param_mean"][0])
    straight = Pose(np.eye(3, dtype=np.float32), (1.0, 0.0, 0.0, 0.0), 0.0, 0.0, 0.0, 1.0)
    empty = np.zeros((68, 3), np.float32), np.zeros(62, np.float32)

    def make(*, x: float = 100, y: float = 100, size: float = 60, coefficient: float = 0, **changes: Any) -> Face:
        roi = changes.pop("roi", (x - size, y - size, x + size, y + size))
        yaw, pitch, roll = (changes.pop(angle, 0) for angle in ("yaw", "pitch", "roll"))
        stretch = np.eye(3).ravel() * scale * size / 60
        rest = np.concatenate([stretch, [x, -y, 0.0], np.full(50, coefficient)])
        state = FaceState(axes.quaternion(axes.rotation(yaw, pitch, roll)), rest)
        face = from_state(Face(1, 0.9, roi, roi, 0.9, True, None, straight, *empty), state, model)
        return msgspec.structs.replace(face, **changes)

    return make
