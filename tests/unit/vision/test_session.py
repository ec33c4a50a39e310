"""Files that are no network, or not the one that is expected: one sentence each."""

import onnx
import pytest

from visaged.errors import ModelError
from visaged.vision.session import Execution, check_input, check_output, open_session, try_out

IN, OUT = {"input": [1, 3, 8, 8]}, {"params": [1, 62]}


def check_is_one_sentence(message):
    assert "\n" not in message
    assert message.endswith("import or fetch the pack again")


def test_a_sound_network_is_opened_and_tried_out(write_network):
    path = write_network(IN, OUT)
    session = open_session(path)
    check_input(session, path, "input", (1, 3, None, 8))
    check_output(session, path, "params", (1, 62))
    try_out(session, path, (1, 3, 8, 8), {"params": (1, 62)})


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match=r"gone\.onnx: cannot read the network \(No such file") as caught:
        open_session(tmp_path / "gone.onnx")
    check_is_one_sentence(str(caught.value))


@pytest.mark.parametrize("spoil", [lambda data: data[: len(data) // 2], lambda _: b"\x00" * 64, lambda _: b"<html>"])
def test_a_file_that_is_no_whole_network(write_network, spoil):
    path = write_network(IN, OUT)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ModelError, match=r"net\.onnx: not a usable ONNX network \(") as caught:
        open_session(path)
    check_is_one_sentence(str(caught.value))


def test_an_empty_file(tmp_path):
    (tmp_path / "net.onnx").touch()
    with pytest.raises(ModelError, match=r"net\.onnx: the network's file is empty") as caught:
        open_session(tmp_path / "net.onnx")
    check_is_one_sentence(str(caught.value))


@pytest.mark.parametrize(
    "inputs",
    [
        {"picture": [1, 3, 8, 8]},
        {"input": [1, 3, 8, 9]},
        {"input": [1, 3, 64]},
        {"input": [1, 3, 8, 8], "more": [1]},
        {"input": [1, 3, "h", "w"]},
        {},
    ],
)
def test_another_input(write_network, inputs):
    path = write_network(inputs, OUT)
    expected = "where one input input of 1 x 3 x 8 x 8 float32 numbers is expected"
    with pytest.raises(ModelError, match=expected) as caught:
        check_input(open_session(path), path, "input", (1, 3, 8, 8))
    check_is_one_sentence(str(caught.value))


@pytest.mark.parametrize("outputs", [{"other": [1, 62]}, {"params": [1, 61]}, {"params": [62]}])
def test_another_output(write_network, outputs):
    path = write_network(IN, outputs)
    with pytest.raises(ModelError, match="where an output params of 1 x 62 float32 numbers is expected") as caught:
        check_output(open_session(path), path, "params", (1, 62))
    check_is_one_sentence(str(caught.value))


def test_another_type_of_numbers(write_network):
    path = write_network(IN, OUT, kind=onnx.TensorProto.DOUBLE)
    session = open_session(path)
    with pytest.raises(ModelError, match=r"takes input \[1, 3, 8, 8\] tensor\(double\) where"):
        check_input(session, path, "input", (1, 3, 8, 8))
    with pytest.raises(ModelError, match=r"gives params \[1, 62\] tensor\(double\) where"):
        check_output(session, path, "params", (1, 62))


def test_a_network_that_cannot_be_run(write_network):
    path = write_network(IN, OUT)
    session = open_session(path)
    with pytest.raises(ModelError, match=r"net\.onnx: the network cannot be run \(") as caught:
        try_out(session, path, (1, 3, 9, 9), {"params": (1, 62)})
    check_is_one_sentence(str(caught.value))


def test_a_network_that_gives_other_shapes_than_it_declares(write_network):
    path = write_network(IN, {"params": [1, "n"]}, given={"params": [1, 7]})
    session = open_session(path)
    with pytest.raises(ModelError, match=r"of shapes \{'params': \(1, 7\)\} where \{'params': \(1, 62\)\}") as caught:
        try_out(session, path, (1, 3, 8, 8), {"params": (1, 62)})
    check_is_one_sentence(str(caught.value))


def test_as_many_threads_as_asked_are_used(write_network):
    options = open_session(write_network(IN, OUT), Execution(threads=3)).get_session_options()
    assert options.intra_op_num_threads == 3
