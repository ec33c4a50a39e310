"""``visaged doctor`` as people run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.waiting import eventually
from visaged.cli import main

CHECKS = ["board", "cores", "governor", "temperature", "throttling"]
CHECKS += ["memory", "memory limit", "clock", "camera", "broker"]


@pytest.fixture
def doctor(
    capsys: pytest.CaptureFixture[str], made_pack_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """``doctor(port, *arguments)``: exit status, and what it printed."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))

    def run(port: int, *arguments: str) -> tuple[int, str]:
        sets = [f"mqtt.port={port}", "mqtt.connect_timeout_s=2"]
        given = [word for value in sets for word in ("--set", value)]
        models = ["--models-dir", str(made_pack_dir), "--pack", "3ddfa_v2"]
        status = main(["doctor", *models, *given, *arguments])
        out, err = capsys.readouterr()
        assert err == ""
        return status, out

    return run


@pytest.fixture
def board(on_board: Any) -> Any:
    """A Raspberry Pi 5 in good health."""
    board = on_board()
    board.identify("Raspberry Pi 5 Model B", "raspberrypi,5-model-b", "brcm,bcm2712")
    board.cores(0xD0B, 0xD0B, 0xD0B, 0xD0B)
    board.zone(0, "cpu-thermal", 48)
    board.throttled(0)
    board.write("proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\n")
    board.write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n")
    board.write("run/systemd/timesync/synchronized", "")
    return board


def test_a_healthy_board_is_ok(broker: Any, board: Any, doctor: Any) -> None:
    status, out = doctor(broker.port, "--set", "source.uri=synthetic", "--set", "inference.threads=1", "--json")
    report = json.loads(out)
    checks = [check["check"] for check in report["checks"]]
    assert checks == [*CHECKS, "pack", "pack", "tuning"]
    assert {check["state"] for check in report["checks"] if check["check"] != "pack"} == {"ok"}
    assert (status, report["ok"]) == (0, True)
    assert report["checks"][0]["detail"] == "Raspberry Pi 5 Model B, profile: Raspberry Pi 5"
    assert report["checks"][1]["detail"] == "4 x Cortex-A76"


def test_what_fails_is_named_with_what_to_do(board: Any, doctor: Any) -> None:
    board.throttled(0x50005)
    status, out = doctor(1, "--source", "/dev/video99")
    failed = [line.split()[1] for line in out.splitlines() if line.startswith("fail")]
    assert (status, failed) == (1, ["throttling", "camera", "broker"])
    assert "use the power supply made for this board" in out
    assert "/dev/video99, which source.uri names, is not there" in out
    assert "Nothing listens at 127.0.0.1:1" in out


def test_a_memory_limit_that_does_nothing_is_told_with_what_to_do(broker: Any, board: Any, doctor: Any) -> None:
    board.write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io pids\n")
    status, out = doctor(broker.port, "--set", "source.uri=synthetic")
    assert status == 0
    assert "warn   memory limit " in out and "cgroup_enable=memory" in out


def test_a_broker_that_refuses_the_password_fails(password_broker: Any, board: Any, doctor: Any) -> None:
    status, out = doctor(password_broker.port, "--set", "source.uri=synthetic", "--json")
    (found,) = [check for check in json.loads(out)["checks"] if check["check"] == "broker"]
    assert (status, found["state"]) == (1, "fail")
    assert found["advice"]


def test_a_daemon_that_is_connected_stays_so(broker: Any, listen: Any, board: Any, doctor: Any, daemon: Any) -> None:
    listener = listen(broker)
    one = daemon(broker.port, "--source", "/dev/video99")
    assert eventually(lambda: b"no camera" in b"".join(listener.of("visaged/cam/status")), 20), one.err
    before = len(listener.of("visaged/cam/status"))
    doctor(broker.port, "--set", "device.id=cam", "--set", "source.uri=synthetic")
    assert len(listener.of("visaged/cam/status")) == before
    assert one.running


def test_a_damaged_measurement_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "tuning.toml").write_text("garbage")
    command = [sys.executable, "-m", "visaged", "doctor", "--set", "source.uri=synthetic", "--set", "mqtt.port=1"]
    said = subprocess.run(
        command,
        check=False,
        env=os.environ | {"STATE_DIRECTORY": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert said.stdout.count("tuning.toml is damaged") == 1


def test_a_broker_elsewhere_without_tls_is_a_warning(broker: Any, board: Any, doctor: Any) -> None:
    _, out = doctor(broker.port, "--json", "--set", "mqtt.host=0.0.0.0")  # this machine, by an unusual name
    (finding,) = [check for check in json.loads(out)["checks"] if check["check"] == "broker"]
    assert finding["state"] == "warn" and "everybody on the way may read along" in finding["detail"]
    assert "mqtt.tls = true" in finding["advice"]
