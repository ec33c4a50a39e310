"""The model card says what was measured, and above all what was not reached."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import model_card
from card.charts import Axis, Line, line_chart
from measures.blink import FALSE_RATES
from visaged.models import manifest

CURVE = [min(1.0, 0.6 + rate) for rate in FALSE_RATES]


@pytest.fixture
def measured() -> dict[str, Any]:
    """Figures of a pack that does well but for blinks of the second video, and faces at the far left."""
    group = {"faces": 50, "geodesic": 4.0, "nme_inner": 2.0}
    blinks = {
        "published": {"auc": 0.97, "known": 1.0, "known_in_blinks": 0.9, "roc": CURVE, "a_frame_later": 0.98},
        "ceiling": 0.9,
    }
    bad_blinks = {**blinks, "published": {**blinks["published"], "auc": 0.7}}
    bins = {"0_30": 3.0, "30_60": 4.0, "60_90": 5.0}
    return {
        "pack": "open",
        "has_signals": True,
        "aflw2000": {"geodesic": bins, "nme": bins, "nme_inner": bins},
        "groups": {
            "yaw": {"-90_to_-75": {"faces": 26, "geodesic": 17.5, "nme_inner": 9.0}, "-15_to_0": group},
            "lightness": {"dark": group, "light": {**group, "faces": 2, "geodesic": 99.0}},
        },
        "blink": {"mahie_test_1": blinks, "mahie_test_4_low_fps": bad_blinks, "mahie_test_6_low_fps": blinks},
        "eyes": {"seen": {"0_30": 0.98, "covered": 0.1, "farther_60_90": 0.2}},
        "presence": {
            "network": {
                "auc": 0.999,
                "believed": {"aflw2000": 0.99, "half_out": 0.02, "beside": 0.01, "upside_down": 0.3},
            }
        },
        "faces": {"yawdd": {"found": 1.0}},
    }


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The folder of a pack that has only a description."""
    described = manifest.Manifest(
        1,
        "open",
        "7",
        "Apache-2.0",
        "Any use, with attribution.",
        True,
        manifest.Source("here", "none"),
        {},
        {"face_model.npz": manifest.File("0" * 64, 2_500_000)},
        face_model=manifest.FaceModel("face_model.npz"),
    )
    (tmp_path / manifest.NAME).write_text(manifest.encode(described))
    return tmp_path


@pytest.fixture
def write(measured: dict[str, Any], pack: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs the script, and gives the text of the card."""

    def written(*options: str) -> str:
        (pack / "measured.json").write_text(json.dumps(measured))
        arguments = ["model_card.py", str(pack / "measured.json"), "--pack", str(pack), *options]
        monkeypatch.setattr(sys, "argv", arguments)
        model_card.main()
        return (pack / "README.md").read_text()

    return written


def test_a_target_that_was_missed_is_the_first_failure(write: Callable[..., str]) -> None:
    failures = write().partition("## Where it fails")[2]
    assert failures.strip().startswith("- **blinks, mahie_test_4_low_fps: AUC**: 0.7 where 0.85 was asked for.")


def test_the_worst_group_is_named_and_one_of_two_faces_is_not(write: Callable[..., str]) -> None:
    assert "Pose, degrees, worst groups: yaw -90 to -75 17.5; " in write()


def test_what_was_not_measured_is_said_not_to_be(write: Callable[..., str]) -> None:
    line = next(line for line in write().splitlines() if line.startswith("| false faces"))
    assert line.endswith("| - | 0.01 | 0.001 | not measured |")


def test_another_pack_is_set_beside(write: Callable[..., str], measured: dict[str, Any], pack: Path) -> None:
    other = {**measured, "pack": "other", "faces": {"yawdd": {"found": 0.42}}}
    (pack / "other.json").write_text(json.dumps(other))
    card = write("--beside", str(pack / "other.json"))
    assert "| drivers found: share | 1 | 0.97 | 1 | aim reached | 0.42 |" in card


def test_the_terms_of_the_pack_and_its_size_are_those_of_its_description(write: Callable[..., str]) -> None:
    card = write()
    assert "Apache-2.0\n\nAny use, with attribution." in card
    assert "| `face_model.npz` | the face model: mean, modes, triangles, texture | 2.50 MB |" in card


@pytest.mark.parametrize("there", [True, False])
def test_the_sheet_of_synthetic_pictures_is_shown_where_there_is_one(
    write: Callable[..., str], pack: Path, there: bool
) -> None:
    if there:
        (pack / model_card.SHEET).touch()
    assert (f"({model_card.SHEET})" in write()) == there


def test_the_charts_are_pictures_with_a_line_for_each_thing_told(write: Callable[..., str], pack: Path) -> None:
    write()
    counts = {"errors_over_yaw.svg": 2, "blinks.svg": 3}
    for name, expected in counts.items():
        lines = ElementTree.parse(pack / name).getroot().findall("{*}polyline")
        assert len(lines) == expected


def test_a_point_of_a_chart_lies_where_its_axes_say() -> None:
    chart = line_chart("<t>", Axis("x", (0, 10)), Axis("y", (0, 100)), [Line("a & b", [(0, 0), (10, 100)])], (1, 1))
    root = ElementTree.fromstring(chart)
    (line,) = root.findall("{*}polyline")
    assert line.get("points") == "60.0,310.0 620.0,40.0"
    assert {"<t>", "a & b"} <= {text.text for text in root.findall("{*}text")}
