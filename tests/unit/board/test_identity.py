"""Which board it is, from a made device tree."""

import platform

import pytest

from visaged.board.identity import read_identity


def test_the_board_is_what_the_device_tree_names(made_board):
    made_board.identify("Raspberry Pi 4 Model B Rev 1.4", "raspberrypi,4-model-b", "brcm,bcm2711")
    found = read_identity(made_board.root)
    assert found.model == "Raspberry Pi 4 Model B Rev 1.4"
    assert found.compatible == ("raspberrypi,4-model-b", "brcm,bcm2711")


@pytest.mark.parametrize("content", [b"", b"\0", b" \n\0"])
def test_a_board_without_a_name_is_its_processor(made_board, content):
    made_board.write("proc/device-tree/model", content)
    assert read_identity(made_board.root).model == platform.machine()


def test_a_machine_without_a_device_tree_is_its_processor_and_compatible_with_nothing(made_board):
    found = read_identity(made_board.root)
    assert (found.model, found.compatible) == (platform.machine(), ())


def test_a_name_that_is_no_text_is_shown_as_far_as_it_is(made_board):
    made_board.write("proc/device-tree/model", b"Board \xff\0")
    assert read_identity(made_board.root).model == "Board \N{REPLACEMENT CHARACTER}"
