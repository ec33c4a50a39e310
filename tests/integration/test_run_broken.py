"""``visaged run`` with sources and models that are damaged: one sentence and exit status 1, no faces made up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from made.pictures import write_picture, write_video
from made.waiting import eventually
from visaged.models import blob
from visaged.mqtt.codec import decode


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten frames with a face."""
    return write_video(tmp_path_factory.mktemp("v") / "film.avi", 25, [True] * 10)


@pytest.fixture
def fails(daemon: Any) -> Callable[..., str]:
    """``fails(*arguments)``: the one sentence with which a daemon that reaches no broker ends with 1."""

    def run(*arguments: str, **settings: Any) -> str:
        one = daemon(1, *arguments, mqtt__connect_timeout_s=0.1, **settings)
        assert (one.wait(), one.out) == (1, "")
        assert "Traceback" not in one.err
        (sentence,) = one.sentences
        assert sentence.startswith("visaged: ")
        return str(sentence)

    return run


@pytest.fixture
def spoil(made_pack_dir: Path, tmp_path: Path) -> Callable[[str, Callable[[Path], object]], Path]:
    """``spoil(file, change)``: a copy of the packs in which ``file`` is changed, its description to match."""

    def make(name: str, change: Callable[[Path], object]) -> Path:
        models = Path(shutil.copytree(made_pack_dir, tmp_path / "models"))
        file = models / name
        before = (f"size = {file.stat().st_size}", blob.sha256(file))
        change(file)
        described = file.parent / "pack.toml"
        text = described.read_text()
        assert all(word in text for word in before)
        text = text.replace(before[0], f"size = {file.stat().st_size}").replace(before[1], blob.sha256(file))
        described.write_text(text)
        return models

    return make


def without_numbers(path: Path) -> None:
    """Make the network's last weights NaN, so that all its answers are."""
    model = onnx.load(str(path))
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32:
            tensor.CopyFrom(numpy_helper.from_array(np.full_like(values, np.nan), tensor.name))
    onnx.save(model, str(path))


def with_another_size(path: Path) -> None:
    """Make the network declare crops of 64 x 64."""
    model = onnx.load(str(path))
    for axis in (2, 3):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = 64
    onnx.save(model, str(path))


def with_a_temper(path: Path) -> None:
    """Make the network leave out its last number, but only where it sees anything."""
    model = onnx.load(str(path))
    graph = model.graph
    entry, end = graph.input[0].name, graph.output[0].name
    for node in graph.node:
        node.output[:] = ["whole" if name == end else name for name in node.output]
    for name, values in {"zero": [0, 0], "one": [1], "width": [62], "two": np.float32(2)}.items():
        graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
    graph.node.extend(
        [
            helper.make_node("Abs", [entry], ["size"]),
            helper.make_node("ReduceMax", ["size"], ["largest"], keepdims=0),
            helper.make_node("Mul", ["largest", "two"], ["doubled"]),
            helper.make_node("Cast", ["doubled"], ["whim"], to=onnx.TensorProto.INT64),
            helper.make_node("Sub", ["width", "whim"], ["columns"]),
            helper.make_node("Concat", ["one", "columns"], ["ends"], axis=0),
            helper.make_node("Slice", ["whole", "zero", "ends"], [end]),
        ]
    )
    onnx.save(model, str(path))


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_sources_that_cannot_be_read(fails: Any, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.avi"
    garbage.write_bytes(os.urandom(5000))
    assert "garbage.avi is not a video that can be read" in fails("--source", str(garbage))
    (tmp_path / "zero.avi").touch()
    assert "zero.avi is empty (0 bytes)" in fails("--source", str(tmp_path / "zero.avi"))
    assert "there is no video, folder or camera" in fails("--source", str(tmp_path / "none.avi"))
    assert "is a single picture" in fails("--source", str(write_picture(tmp_path / "one.png")))
    (tmp_path / "folder").mkdir()
    assert "there are no pictures in the folder" in fails("--source", str(tmp_path / "folder"))


def test_why_it_died_is_its_last_word_to_the_broker(broker: Any, listen: Any, daemon: Any, tmp_path: Path) -> None:
    listener = listen(broker)
    one = daemon(broker.port, "--source", str(tmp_path / "none.avi"))
    assert one.wait() == 1
    (sentence,) = one.sentences

    def states() -> list[Any]:
        return [decode(payload) for payload in listener.of("visaged/cam/status")]

    assert eventually(lambda: states() and states()[-1]["state"] == "offline")
    assert states()[-1]["reason"].endswith(sentence.removeprefix("visaged: "))
    assert "online" not in [state["state"] for state in states()]


def test_a_film_that_is_cut_off_is_played_as_far_as_it_goes(broker: Any, daemon: Any, film: Path) -> None:
    cut = film.with_name("cut.avi")
    cut.write_bytes(film.read_bytes()[: film.stat().st_size * 2 // 3])
    one = daemon(broker.port, "--source", str(cut), "--pace", "fast")
    assert one.wait() == 0
    assert len(one.warnings) == 1 and "breaks off after frame" in one.warnings[0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda path: path.write_bytes(b""), "the network's file is empty"),
        (lambda path: path.write_bytes(os.urandom(5000)), "not a usable ONNX network"),
        (cut_in_half, "not a usable ONNX network"),
    ],
)
def test_a_damaged_regressor(fails: Any, spoil: Any, film: Path, change: Any, complaint: str) -> None:
    sentence = fails("--source", str(film), models=spoil("3ddfa_v2/regressor.onnx", change))
    assert "3ddfa_v2/regressor.onnx: " in sentence and complaint in sentence


def test_a_damaged_detector(fails: Any, spoil: Any, film: Path) -> None:
    sentence = fails("--source", str(film), models=spoil("yunet/detector.onnx", cut_in_half))
    assert "yunet/detector.onnx: not a usable ONNX network" in sentence


def test_a_network_of_another_shape(fails: Any, spoil: Any, film: Path) -> None:
    models = spoil("3ddfa_v2/regressor.onnx", with_another_size)
    sentence = fails("--source", str(film), models=models)
    assert "3ddfa_v2/regressor.onnx: takes" in sentence and "1 x 3 x 120 x 120" in sentence


def test_a_thread_that_dies_of_the_unforeseen_takes_the_daemon_down(fails: Any, spoil: Any, film: Path) -> None:
    sentence = fails("--source", str(film), models=spoil("3ddfa_v2/regressor.onnx", with_a_temper))
    assert sentence.startswith("visaged: the pipeline thread died of ValueError: ")


def test_a_pack_whose_file_has_another_size_than_it_says(fails: Any, made_pack_dir: Path, tmp_path: Path) -> None:
    models = Path(shutil.copytree(made_pack_dir, tmp_path / "models"))
    cut_in_half(models / "3ddfa_v2/regressor.onnx")
    assert "regressor.onnx is damaged:" in fails(models=models)


@pytest.mark.parametrize("network", ["3ddfa_v2/regressor.onnx", "yunet/detector.onnx"])
def test_networks_that_give_no_numbers_make_no_faces(
    recorded: Any, daemon: Any, spoil: Any, film: Path, network: str
) -> None:
    broker, listen_to_all = recorded
    listener = listen_to_all()
    one = daemon(broker.port, "--source", str(film), "--pace", "fast", models=spoil(network, without_numbers))
    assert (one.wait(), len(one.sentences)) == (0, 1)
    assert eventually(lambda: len(listener.of("visaged/cam/pose")) == 10)
    poses = [decode(payload) for payload in listener.of("visaged/cam/pose")]
    assert not any(face["valid"] for pose in poses for face in pose["faces"])
