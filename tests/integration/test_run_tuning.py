"""What the daemon does with ``tuning.toml``, and that it leaves the cores alone while it waits."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from made.daemon import MOST_IDLE
from made.denying_server import DenyingServer
from made.silent_camera import SilentCamera
from made.waiting import PATIENCE, eventually
from visaged import state
from visaged.assembly import find_networks
from visaged.board.board import read_board
from visaged.config.schema import ModelSection, SourceSection
from visaged.mqtt.codec import decode
from visaged.tuning import stored
from visaged.tuning.here import key_of
from visaged.tuning.stored import Chosen, Measured, Tuning

WATCHED_S = 5.0


@pytest.fixture
def tuned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_pack_dir: Path) -> Path:
    """A ``tuning.toml`` of this machine for the made packs: four threads that spin."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    networks = find_networks(ModelSection(pack="3ddfa_v2", models_dir=str(made_pack_dir)))
    key = key_of(read_board(Path("/")), networks)
    return stored.write(Tuning(1, key, Chosen(4, True, False), Measured(1767225600, 30, 30, 40, 5, 9)))


def tuning(listener: Any) -> Any:
    """What ``info`` says of it."""
    assert eventually(lambda: listener.of("visaged/cam/info"), 20)
    return decode(listener.of("visaged/cam/info")[-1])["tuning"]


def used(listener: Any) -> tuple[Any, ...]:
    """The settings, and who says so."""
    return tuple(tuning(listener)[name] for name in ("threads", "spinning", "arena", "chosen_by"))


def test_what_was_measured_is_used_and_told(broker: Any, listen: Any, daemon: Any, tuned: Path) -> None:
    listener = listen(broker)
    daemon(broker.port, "--source", "/dev/video99", inference__threads=0)
    assert used(listener) == (4, True, False, "tuning")
    assert "2026-01-01" in tuning(listener)["why"]


def test_threads_of_the_configuration_win(broker: Any, listen: Any, daemon: Any, tuned: Path) -> None:
    listener = listen(broker)
    daemon(broker.port, "--source", "/dev/video99", inference__threads=2)
    assert used(listener) == (2, False, True, "configuration")


def test_a_damaged_file_is_one_warning_and_then_the_profile(broker: Any, listen: Any, daemon: Any, tuned: Path) -> None:
    tuned.write_text("version = 1\n[key")
    listener = listen(broker)
    one = daemon(broker.port, "--source", "/dev/video99", inference__threads=0)
    assert used(listener)[3] == "profile"
    assert "is damaged" in tuning(listener)["why"]
    assert len([warning for warning in one.warnings if "tuning.toml" in warning]) == 1


def test_another_board_falls_back_to_its_profile(
    broker: Any, listen: Any, daemon: Any, tuned: Path, on_board: Any
) -> None:
    on_board().identify("Raspberry Pi Zero 2 W Rev 1.0", "raspberrypi,model-zero-2-w", "brcm,bcm2837")
    listener = listen(broker)
    daemon(broker.port, "--source", "/dev/video99", inference__threads=0)
    assert used(listener) == (2, False, False, "profile")
    assert "another board" in tuning(listener)["why"]
    assert tuning(listener)["profile"] == "Raspberry Pi Zero 2 W"


@pytest.mark.parametrize("spinning", [False, True])
def test_no_core_is_busy_while_there_is_no_camera(broker: Any, daemon: Any, tuned: Path, spinning: bool) -> None:
    if not spinning:
        tuned.unlink()
    usual = {"source__retry_min_s": 0.5, "source__retry_max_s": 30.0, "inference__threads": 0}
    one = daemon(broker.port, "--source", "/dev/video99", **usual)
    assert eventually(lambda: any("No frames" in warning for warning in one.warnings), 20), one.err
    time.sleep(1.0)  # what it did at its start is behind it
    assert one.share_of_a_core(WATCHED_S) <= MOST_IDLE


@pytest.mark.real_machine
def test_no_core_is_busy_while_a_server_does_not_have_the_stream(broker: Any, daemon: Any) -> None:
    with DenyingServer(b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n") as server:
        usual = {"source__retry_min_s": 0.5, "source__retry_max_s": 30.0, "inference__threads": 0}
        one = daemon(broker.port, "--source", f"rtsp://127.0.0.1:{server.port}/front", **usual)
        assert eventually(lambda: any("404 Not Found" in warning for warning in one.warnings), 20), one.err
        share = one.share_of_a_core(WATCHED_S)
        print(f"{100 * share:.2f} %")
        assert share <= MOST_IDLE


@pytest.mark.real_machine
def test_asking_a_silent_camera_again_costs_little_for_the_time_until_then(broker: Any, daemon: Any) -> None:
    quick = {"source__open_timeout_s": 0.7, "source__retry_min_s": 0.1, "source__retry_max_s": 0.1}
    with SilentCamera() as camera:
        one = daemon(broker.port, "--source", camera.address, **quick)
        assert eventually(lambda: camera.tries >= 2, 30), one.err
        before, first = one.cpu_s, camera.tries
        assert eventually(lambda: camera.tries >= first + 4, 30), one.err
        cost_s = (one.cpu_s - before) / (camera.tries - first)
    usual = SourceSection()
    apart_s = usual.open_timeout_s + usual.retry_min_s
    print(f"{cost_s:.2f} s of processor time, at first every {apart_s:.1f} s: {100 * cost_s / apart_s:.2f} %")
    assert cost_s <= MOST_IDLE * apart_s * PATIENCE


def test_the_files_place_is_that_of_all_state(tuned: Path) -> None:
    assert tuned == state.folder() / "tuning.toml"
