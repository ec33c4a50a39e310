"""The real daemon obeys commands over a real broker."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.waiting import eventually
from visaged.cli import main
from visaged.mqtt.codec import decode
from visaged.running.errands import SHORTEST_LIFE_S

ROOT = "visaged/cam"
ALL = ["get-config", "log-level", "ping", "redetect", "reload", "restart", "snapshot"]


class Asker:
    """Sends commands to one daemon and finds their answers; ``listener`` hears all."""

    def __init__(self, broker: Any, listener: Any, desk: Any, one: Any) -> None:
        self.broker, self.listener, self.daemon = broker, listener, one
        self._send = desk

    def send(self, name: str, front: str = ROOT, **fields: Any) -> None:
        """A request, as JSON."""
        self._send(self.broker, f"{front}/command/{name}", json.dumps(fields).encode())

    def answers(self, name: str) -> list[dict[str, Any]]:
        return self.told(f"response/{name}")

    def told(self, topic: str) -> list[dict[str, Any]]:
        """Everything on a topic of the daemon's."""
        return [decode(payload) for payload in self.listener.of(f"{ROOT}/{topic}")]

    def ask(self, name: str, front: str = ROOT, **fields: Any) -> dict[str, Any]:
        """The answer to a request."""
        before = len(self.answers(name))
        self.send(name, front, **fields)
        assert eventually(lambda: len(self.answers(name)) > before), self.daemon.err
        return self.answers(name)[-1]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Two seconds of a face."""
    return write_video(tmp_path / "film.avi", 50, [True] * 100)


@pytest.fixture
def running(broker: Any, listen: Any, desk: Any, daemon: Any, film: Path) -> Callable[..., Asker]:
    """``running(*arguments, **settings)``: a daemon that plays the film, and somebody who asks it."""

    def start(*arguments: str, **settings: Any) -> Asker:
        listener = listen(broker)
        one = daemon(broker.port, "--source", str(film), "--loop", *arguments, **settings)
        assert eventually(lambda: len(listener.of(f"{ROOT}/pose")) > 5, 30), one.err
        return Asker(broker, listener, desk, one)

    return start


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_ping_is_answered_with_version_and_uptime(running: Callable[..., Asker], protocol: str) -> None:
    answer = running(mqtt__protocol=protocol).ask("ping", id="p")
    assert (answer["ok"], answer["device"], answer["id"]) == (True, "cam", "p")
    assert answer["uptime_s"] > 0 and answer["version"] and abs(answer["utc"] - time.time()) < 60


def test_info_tells_what_is_permitted_and_the_rest_is_refused(running: Callable[..., Asker]) -> None:
    asker = running(mqtt__permitted="ping", remote__groups="front, lorries")
    info = asker.told("info")[-1]
    assert (info["commands"], info["groups"], info["log_level"]) == (["ping"], ["front", "lorries"], "info")
    assert asker.ask("get-config")["error"]["code"] == "not_permitted"
    assert asker.ask("ping", "visaged/group/lorries")["ok"] is True


def test_a_repeated_id_gets_the_answer_it_got_before(running: Callable[..., Asker]) -> None:
    asker = running(mqtt__health_interval_s=0.2)
    assert asker.ask("ping", id=1) == asker.ask("ping", id=1)
    assert eventually(lambda: [1 for told in asker.told("health") if told["commands"]["repeated"] == 1])


def test_redetect_searches_the_next_frame(running: Callable[..., Asker]) -> None:
    asker = running(detect__interval=10000, mqtt__health_interval_s=0.2)
    assert asker.ask("redetect")["ok"] is True


def test_the_configuration_is_told_without_secrets(running: Callable[..., Asker], tmp_path: Path) -> None:
    file = tmp_path / "visaged.toml"
    file.write_text('[source]\nuri = "rtsp://pi:canary@127.0.0.1:1/"\n[track]\nmax_faces = 3\n')
    asker = running("--config", str(file))
    config = asker.ask("get-config")["config"]
    assert config["track.max_faces"] == {"value": 3, "layer": "file", "where": f"{file}:4"}
    assert config["mqtt.permitted"]["value"].split() and config["device.id"]["layer"] == "command line"
    assert not any(b"canary" in message.payload for message in asker.listener.messages)


def test_the_log_level_changes_until_the_next_start_and_is_reported(running: Callable[..., Asker]) -> None:
    asker = running()
    assert asker.ask("log-level", level="loud")["error"]["code"] == "bad_request"
    assert (
        asker.ask("log-level", level="warning") | {"level": "warning", "until": "restart"}
        == asker.answers("log-level")[-1]
    )
    assert eventually(lambda: asker.told("info")[-1]["log_level"] == "warning")
    level = asker.ask("get-config")["config"]["log.level"]
    assert level == {"value": "warning", "layer": "command", "where": "command/log-level"}
    assert eventually(lambda: asker.told("config/reported")[-1]["effective"]["log.level"] == level)
    assert asker.ask("log-level", level=None)["level"] == "info"


def test_reload_reads_the_file_again_and_says_what_came_of_it(running: Callable[..., Asker], tmp_path: Path) -> None:
    file = tmp_path / "visaged.toml"
    file.write_text("[track]\nmax_faces = 3\n")
    asker = running("--config", str(file))
    file.write_text("[track]\nmax_faces = 2\n")
    assert asker.ask("reload", id="r1")["ok"] is True
    assert asker.ask("get-config")["config"]["track.max_faces"]["value"] == 2
    file.write_text("[track]\nmax_faces = 0\n")
    error = asker.ask("reload", id="r2")["error"]
    assert error["code"] == "config_rejected" and "track.max_faces is 0" in error["message"]
    assert asker.ask("reload", id="r1")["ok"] is True  # what was done before is not done again
    assert "max_faces is 0" in asker.told("status")[-1]["reason"]


@pytest.mark.parametrize("change", ["mqtt.keepalive_s = 7", "remote.groups = 'ships'", "mqtt.commands = false"])
def test_a_reload_that_changes_the_connection_is_answered_over_the_new_one(
    running: Callable[..., Asker], tmp_path: Path, change: str
) -> None:
    file = tmp_path / "visaged.toml"
    file.write_text("")
    asker = running("--config", str(file))
    file.write_text(f"{change}\n")
    assert asker.ask("reload", id="r")["ok"] is True


def test_a_desk_hears_what_became_of_such_a_reload(
    running: Callable[..., Asker], tmp_path: Path, broker: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "visaged.toml"
    file.write_text("")
    running("--config", str(file))
    file.write_text("mqtt.keepalive_s = 7\n")
    assert main(["remote", "--set", f"mqtt.port={broker.port}", "cam", "command", "reload"]) == 0
    assert capsys.readouterr().out == "cam: ok\n"


@pytest.mark.faults
@pytest.mark.thorough
def test_restart_ends_it_once_the_answer_has_arrived_where_somebody_starts_it_again(
    running: Callable[..., Asker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    asker = running()
    assert asker.ask("restart")["error"]["code"] == "too_soon"
    time.sleep(SHORTEST_LIFE_S)
    assert asker.ask("restart", id="x")["ok"] is True
    assert asker.daemon.wait() == 0
    assert eventually(lambda: asker.told("status")[-1]["state"] == "stopped")
    assert asker.told("status")[-1]["reason"] == "a restart was asked for"


def test_restart_is_refused_where_nobody_would_start_it_again(
    running: Callable[..., Asker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    asker = running()
    assert asker.ask("restart")["error"]["code"] == "not_supervised"
    assert asker.ask("ping")["ok"] is True
