"""Which execution is used, and why."""

import pytest
from msgspec.structs import replace

from visaged.board.profiles import Profile
from visaged.tuning.choice import choose
from visaged.tuning.stored import Chosen, Key, Measured, Tuning
from visaged.vision.session import Execution

KEY = Key("Raspberry Pi 3", "1.23.0", "ab" * 32)
TUNING = Tuning(1, KEY, Chosen(4, True, False), Measured(1767225600, 30, 30, 40, 5, 9))
PROFILE = Profile(name="pi", threads=2, arena=False, big_cores=False, step_down_c=(70, 75, 80))


def test_what_was_measured_here_is_used():
    choice = choose(0, TUNING, None, KEY, PROFILE)
    assert (choice.execution, choice.by) == (Execution(4, True, False), "tuning")
    assert "2026-01-01" in choice.why


def test_the_configuration_wins():
    choice = choose(3, TUNING, None, KEY, PROFILE)
    assert (choice.execution, choice.by, choice.why) == (
        Execution(3, False, False),
        "configuration",
        "inference.threads is set",
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"board": "Raspberry Pi 5"}, "another board"),
        ({"onnxruntime": "1.24.0"}, "another ONNX Runtime"),
        ({"models": "cd" * 32}, "other networks"),
    ],
)
def test_what_was_measured_elsewhere_is_not_used(changes, why):
    choice = choose(0, TUNING, None, replace(KEY, **changes), PROFILE)
    assert (choice.execution, choice.by) == (Execution(2, False, False), "profile")
    assert why in choice.why and "visaged tune" in choice.why


def test_a_board_that_was_never_measured_is_as_usual():
    choice = choose(0, None, None, KEY, PROFILE)
    assert (choice.execution, choice.by) == (Execution(2, False, False), "profile")
    assert "never measured" in choice.why


def test_trouble_with_the_measurement_is_told():
    assert "it is damaged" in choose(0, None, "it is damaged", KEY, PROFILE).why
