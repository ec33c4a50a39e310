"""``visaged remote`` and the real daemon: what is set from a desk is tried, kept, taken back, refused and cleared."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from made.remote import SHORT_TRIAL_S
from visaged.cli import main


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """``desk(broker, *words)``: the exit status, and what is printed of the one device."""
    config = tmp_path / "desk.toml"
    config.write_text("")

    def run(broker: Any, *words: str) -> tuple[int, dict[str, Any]]:
        status = main(["remote", "--config", str(config), "--port", str(broker.port), "--json", *words])
        said = capsys.readouterr()
        assert said.out, said.err
        return status, json.loads(said.out)

    return run


@pytest.fixture
def remote(desk: Any, lasting: Any) -> Callable[..., tuple[int, dict[str, Any]]]:
    """``remote(*words)``: the same of the device that has been running for a while."""
    return partial(desk, lasting.broker)


def test_a_value_from_a_desk_is_tried_and_kept_and_cleared(remote: Any) -> None:
    status, told = remote("cam", "set", "track.max_faces=2")
    assert (status, told["state"]) == (0, "committed")
    status, told = remote("cam", "get", "track.max_faces")
    assert told["config"]["track.max_faces"] | {"value": 2, "layer": "remote"} == told["config"]["track.max_faces"]
    status, told = remote("cam", "clear")
    assert (status, told["state"]) == (0, "cleared")
    status, told = remote("cam", "set", "track.max_faces=3")  # beyond the version that was cleared
    assert (status, told["state"]) == (0, "committed")


def test_what_stops_the_frames_is_taken_back_and_said(remote: Any) -> None:
    status, told = remote("cam", "set", "source.uri=/dev/video99")
    assert (status, told["state"]) == (1, "reverted") and told["reason"]


def test_what_contradicts_the_device_is_refused_with_its_reason(remote: Any) -> None:
    status, told = remote("cam", "set", "source.width=640")
    assert (status, told["state"]) == (1, "rejected") and "source.height" in told["reason"]


def test_it_is_said_where_something_on_the_device_wins(remote: Any) -> None:
    status, told = remote("cam", "set", "mqtt.backoff_min_s=0.3", "track.max_faces=2")
    assert (status, told["state"]) == (0, "committed")
    assert told["reason"].startswith("mqtt.backoff_min_s: the value of --set")


def test_a_group_is_configured_and_commanded(remote: Any) -> None:
    status, told = remote("--group", "lorries", "set", "track.max_faces=2")
    assert (status, told["device"], told["state"]) == (0, "cam", "committed")
    status, told = remote("--group", "lorries", "command", "log-level", '{"level": "debug"}')
    assert (status, told["answer"]["level"]) == (0, "debug")


def test_a_device_that_wants_signatures_takes_only_signed_patches(desk: Any, configured: Any, tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    from visaged.desk.signing import make_key

    (tmp_path / "keys").write_text(make_key(tmp_path / "desk.pem") + "\n")
    one = configured(SHORT_TRIAL_S, remote__public_keys_file=tmp_path / "keys")
    assert desk(one.broker, "cam", "set", "track.max_faces=2")[1]["state"] == "rejected"
    signed = ("--sign", str(tmp_path / "desk.pem"))
    assert desk(one.broker, *signed, "cam", "clear")[1]["state"] == "committed"  # what is not signed is not added to
    assert desk(one.broker, *signed, "cam", "set", "track.max_faces=2")[1]["state"] == "committed"
    assert desk(one.broker, *signed, "cam", "clear")[1]["state"] == "committed"
    assert desk(one.broker, "cam", "get", "track.max_faces")[1]["config"]["track.max_faces"]["layer"] == "default"
