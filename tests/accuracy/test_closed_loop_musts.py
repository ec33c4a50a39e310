"""The pack that comes with visaged, in front of the synthetic camera: no data beside the checkout is needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

SEEDS, MINUTES = [4, 5], 1
"""People that no figure in the model card is about."""


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """What ``scripts/closed_loop.py`` prints."""
    from closed_loop import measure

    return measure(["model.pack=open", "model.models_dir="], SEEDS, MINUTES)


def test_the_pose_is_within_three_degrees_on_average(figures: dict[str, Any]) -> None:
    assert figures["pose_mae"] <= 3.0


def test_blinks_are_found_and_what_is_found_is_a_blink(figures: dict[str, Any]) -> None:
    assert figures["blinks"]["true"] >= 20
    assert figures["blinks"]["recall"] >= 0.95
    assert figures["blinks"]["precision"] >= 0.95


def test_blinks_are_found_within_a_frame_of_when_they_begin(figures: dict[str, Any]) -> None:
    assert abs(figures["blinks"]["late"]) <= 1


def test_a_face_is_found_while_it_is_there_and_only_then(figures: dict[str, Any]) -> None:
    assert figures["there"] >= 0.98
    assert figures["nobody"] <= 0.02


def test_who_comes_back_is_found_again_within_a_fifth_of_a_second(figures: dict[str, Any]) -> None:
    assert figures["found_again"] <= 5
