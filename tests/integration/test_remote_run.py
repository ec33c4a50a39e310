"""``visaged remote`` and the real daemon: what is set from a desk is tried, kept, taken back, refused and cleared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.remote import SHORT_TRIAL_S
from made.waiting import eventually
from visaged.cli import main

STATUS = "visaged/cam/status"


@pytest.fixture
def desk(broker: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """``desk(*words)``: the exit status, and what is printed of the one device."""
    config = tmp_path / "desk.toml"
    config.write_text("")

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        status = main(["remote", "--config", str(config), "--port", str(broker.port), "--json", *words])
        said = capsys.readouterr()
        assert said.out, said.err
        return status, json.loads(said.out)

    return run


@pytest.fixture
def running(
    broker: Any, listen: Any, daemon: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """``running(**settings)``: a daemon that plays a film named in its file, so that another may be asked for."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    film = write_video(tmp_path / "film.avi", 50, [True] * 100)
    file = tmp_path / "visaged.toml"
    file.write_text(f'[source]\nuri = "{film}"\nloop = true\n')

    def start(**settings: Any) -> Any:
        listener = listen(broker)
        one = daemon(broker.port, "--config", str(file), remote__trial_s=SHORT_TRIAL_S, **settings)
        assert eventually(lambda: len(listener.of("visaged/cam/pose")) > 20, 30), one.err
        return one

    return start


def test_a_value_from_a_desk_is_tried_and_kept_and_cleared(desk: Any, running: Any) -> None:
    running()
    status, told = desk("cam", "set", "track.max_faces=2")
    assert (status, told["state"]) == (0, "committed")
    status, told = desk("cam", "get", "track.max_faces")
    assert told["config"]["track.max_faces"] | {"value": 2, "layer": "remote"} == told["config"]["track.max_faces"]
    status, told = desk("cam", "clear")
    assert (status, told["state"]) == (0, "cleared")
    status, told = desk("cam", "set", "track.max_faces=3")  # beyond the version that was cleared
    assert (status, told["state"]) == (0, "committed")


def test_what_stops_the_frames_is_taken_back_and_said(desk: Any, running: Any) -> None:
    running()
    status, told = desk("cam", "set", "source.uri=/dev/video99")
    assert (status, told["state"]) == (1, "reverted") and told["reason"]


def test_what_contradicts_the_device_is_refused_with_its_reason(desk: Any, running: Any) -> None:
    running()
    status, told = desk("cam", "set", "source.width=640")
    assert (status, told["state"]) == (1, "rejected") and "source.height" in told["reason"]


def test_it_is_said_where_something_on_the_device_wins(desk: Any, running: Any) -> None:
    running()
    status, told = desk("cam", "set", "mqtt.backoff_min_s=0.3", "track.max_faces=2")
    assert (status, told["state"]) == (0, "committed")
    assert told["reason"].startswith("mqtt.backoff_min_s: the value of --set")


def test_a_group_is_configured_and_commanded(desk: Any, running: Any) -> None:
    running(remote__groups="lorries")
    status, told = desk("--group", "lorries", "set", "track.max_faces=2")
    assert (status, told["device"], told["state"]) == (0, "cam", "committed")
    status, told = desk("--group", "lorries", "command", "log-level", '{"level": "debug"}')
    assert (status, told["answer"]["level"]) == (0, "debug")


def test_a_device_that_wants_signatures_takes_only_signed_patches(desk: Any, running: Any, tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    from visaged.desk.signing import make_key

    (tmp_path / "keys").write_text(make_key(tmp_path / "desk.pem") + "\n")
    running(remote__public_keys_file=tmp_path / "keys")
    assert desk("cam", "set", "track.max_faces=2")[1]["state"] == "rejected"
    signed = ("--sign", str(tmp_path / "desk.pem"))
    assert desk(*signed, "cam", "set", "track.max_faces=2")[1]["state"] == "committed"
    assert desk(*signed, "cam", "clear")[1]["state"] == "committed"
    assert desk("cam", "get", "track.max_faces")[1]["config"]["track.max_faces"]["layer"] == "default"
