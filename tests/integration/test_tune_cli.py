"""``visaged tune`` as people run it, in as little time as it takes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.mounted import mounted, needs_root
from visaged.cli import main
from visaged.tuning import stored


@pytest.fixture
def tune(
    capsys: pytest.CaptureFixture[str], made_open_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """``tune(*arguments)``: exit status, and what it printed."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["tune", "--models-dir", str(made_open_dir), *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_it_measures_picks_and_keeps(tune: Any) -> None:
    began = time.monotonic()
    status, out, err = tune("--seconds", "5", "--source", "synthetic", "--set", "source.fps=10", "--json")
    took = time.monotonic() - began
    report = json.loads(out)
    assert status == 0
    assert took < 30, took  # of which most goes into drawing the frames on a busy machine
    kept = stored.read()
    assert kept is not None
    assert report["chosen"] == {
        "threads": kept.chosen.threads,
        "spinning": kept.chosen.spinning,
        "arena": kept.chosen.arena,
    }
    assert (report["wanted_fps"], kept.measured.wanted_fps) == (10, 10)
    assert report["file"] == str(stored.place()) and str(stored.place()) in err
    tried = [tuple(result["execution"].values()) for result in report["results"] if result["overlap"]]
    assert len(tried) == len(set(tried)) >= 1
    assert all(result["fps"] >= 0 and result["cpu_percent"] >= 0 for result in report["results"])


def test_it_says_when_the_configuration_wins_over_what_was_measured(tune: Any) -> None:
    choice = ("--source", "synthetic", "--set", "source.fps=10", "--set", "inference.threads=3")
    assert "inference.threads = 3 of the configuration wins" in tune("--seconds", "5", *choice)[2]


def test_without_a_camera_frames_are_drawn_and_a_table_shows_the_choice(tune: Any) -> None:
    status, out, err = tune("--seconds", "5", "--source", "/dev/video99", "--set", "source.exposure_ms=5")
    assert status == 0
    assert out.startswith("drawn frames, 30 a second\nthreads")
    assert out.count("<- chosen") == 1
    assert "frames are drawn, for there is no camera: there is no camera /dev/video99" in err


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_measured(tune: Any, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    began = time.monotonic()
    status, out, err = tune("--seconds", "60", "--source", "synthetic")
    assert (status, out) == (1, "")
    assert time.monotonic() - began < 30
    assert err.startswith("visaged: cannot write ") and err.count("\n") == 1


@needs_root
def test_a_disk_that_cannot_be_written_is_told_with_what_to_do(
    tune: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mounted(tmp_path / "locked", "ro") as locked:
        monkeypatch.setenv("STATE_DIRECTORY", str(locked))
        status, out, err = tune("--seconds", "60", "--source", "synthetic")
    assert (status, out) == (1, "")
    assert f"{locked}/tuning.toml: read-only file system; mount it writable, or set STATE_DIRECTORY" in err


def test_what_was_measured_is_shown_where_it_cannot_be_kept_after_all(tune: Any, tmp_path: Path) -> None:
    (tmp_path / "state" / "tuning.toml").mkdir(parents=True)  # which another file cannot replace
    status, out, err = tune("--seconds", "5", "--source", "synthetic", "--set", "source.fps=10")
    assert status == 1
    assert out.count("<- chosen") == 1
    assert "visaged: cannot write " in err and "tuning.toml: is a directory" in err


@pytest.mark.parametrize("seconds", ["1", "nan", "inf", "-5", "soon"])
def test_a_time_in_which_nothing_can_be_measured_is_refused(tune: Any, seconds: str) -> None:
    with pytest.raises(SystemExit) as caught:
        tune("--seconds", seconds)
    assert caught.value.code == 2
