"""``visaged config diff``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.config import load

Run = Callable[..., int]
Written = Callable[[str | bytes], Path]


def test_diff_shows_only_what_differs_from_the_defaults(
    run: Run, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written("[mqtt]\nhost = '127.0.0.1'\nport = 5")
    assert run("diff", "--config", str(file), "--set", "log.level=debug") == 0
    lines = [line.split("  ")[0] + " " + line[line.index("#") :] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        f"mqtt.port = 5 # file {file}:3; instead of 1883 (default)",
        'log.level = "debug" # command line --set; instead of "info" (default)',
    ]


def test_diff_shows_what_differs_from_another_file(
    run: Run, written: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.toml"
    other.write_text("mqtt.port = 5\ntrack.max_faces = 2", encoding="utf-8")
    assert run("diff", "--json", "--config", str(written("mqtt.port = 5")), "--against", str(other)) == 0
    assert json.loads(capsys.readouterr().out) == {
        "track.max_faces": {
            "value": 4,
            "layer": "default",
            "where": "default",
            "other": {"value": 2, "layer": "file", "where": f"{other}:2"},
        }
    }


def test_a_difference_is_toml_that_makes_it(run: Run, written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    file = written("[mqtt]\nport = 5\nusername = 'a \"# b'")
    run("diff", "--config", str(file))
    expected = load(file, []).config
    assert load(written(capsys.readouterr().out), []).config == expected


def test_a_difference_hides_credentials_on_both_sides(
    run: Run, written: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.toml"
    other.write_text("source.uri = 'rtsp://me:secret@a/'", encoding="utf-8")
    for more in ([], ["--json"]):
        run("diff", "--config", str(written("source.uri = 'http://b/?pwd=secret'")), "--against", str(other), *more)
        assert "secret" not in capsys.readouterr().out
