"""The real daemon takes snapshots: on its own, and by command over a real broker."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.waiting import eventually
from visaged.mqtt.codec import decode
from visaged.snapshots.reader import read, sidecars

ROOT = "visaged/cam"
COMMAND = f"{ROOT}/command/snapshot"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a face."""
    return write_video(tmp_path_factory.mktemp("v") / "film.avi", 50, [True] * 100)


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of nothing."""
    return write_video(tmp_path_factory.mktemp("v") / "nobody.avi", 50, [False] * 100)


@pytest.fixture
def keeping(daemon: Any, film: Path, tmp_path: Path) -> Callable[..., Any]:
    """``keeping(port, **settings)``: a daemon that plays the film over and over and may take snapshots."""

    def start(port: int, source: Path = film, **settings: Any) -> Any:
        given = {"snapshot__enabled": "true", "snapshot__folder": tmp_path / "s", "snapshot__min_free_mb": 0}
        return daemon(port, "--source", str(source), "--loop", **(given | settings))

    return start


@pytest.fixture
def running(broker: Any, listen: Any, keeping: Any) -> Callable[..., Any]:
    """``running(**settings)``: a subscriber that has heard of a daemon's first frames."""

    def start(*source: Path, **settings: Any) -> Any:
        listener = listen(broker)
        one = keeping(broker.port, *source, **settings)
        assert eventually(lambda: poses(listener) > 5), one.err
        return listener

    return start


def told(listener: Any, topic: str) -> list[dict[str, Any]]:
    return [decode(payload) for payload in listener.of(f"{ROOT}/{topic}")]


def events(listener: Any, name: str) -> list[dict[str, Any]]:
    return [event for event in told(listener, "event") if event["event"] == name]


def poses(listener: Any) -> int:
    return len(listener.of(f"{ROOT}/pose"))


def test_nothing_is_written_unless_asked_for(broker: Any, listen: Any, keeping: Any, tmp_path: Path) -> None:
    listener = listen(broker)
    one = keeping(broker.port, snapshot__enabled="false", mqtt__health_interval_s=0.2)
    assert eventually(lambda: poses(listener) > 20 and told(listener, "health")), one.err
    assert not (tmp_path / "s").exists() and "snapshots" not in told(listener, "health")[-1]


def test_each_trigger_ends_in_a_whole_snapshot_and_an_event(
    broker: Any, listen: Any, keeping: Any, tmp_path: Path
) -> None:
    listener = listen(broker)
    triggers = {"snapshot__on_appeared": "true", "snapshot__interval_s": 0.3, "mqtt__health_interval_s": 0.2}
    one = keeping(broker.port, **triggers, snapshot__ply="true", snapshot__rgb="true")
    assert eventually(lambda: len(events(listener, "snapshot_saved")) >= 3), one.err
    assert eventually(lambda: told(listener, "health")[-1].get("snapshots", {}).get("saved", 0) >= 3)
    one.end()
    saved = events(listener, "snapshot_saved")
    assert [event["trigger"] for event in saved[:3]] == ["face_appeared", "interval", "interval"]
    for event in saved:
        found = read(tmp_path / "s" / event["file"])
        assert [file.name for file in found.record.files] == event["files"][1:] and len(event["files"]) == 4
        assert (found.record.captured.seq, found.record.captured.boot_id) == (event["seq"], event["boot_id"])
        assert found.record.face.id == event["id"]
    assert {"saved", "dropped", "failed", "stored", "bytes"} == set(told(listener, "health")[-1]["snapshots"])
    assert one.warnings == []


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_command_is_answered_when_its_files_are_on_disk(
    broker: Any, running: Any, desk: Any, tmp_path: Path, protocol: str
) -> None:
    listener = running(mqtt__protocol=protocol)
    desk(broker, COMMAND, b'{"id": "a7"}')
    assert eventually(lambda: told(listener, "response/snapshot"))
    answer = told(listener, "response/snapshot")[0]
    assert (answer["ok"], answer["id"], answer["command"]) == (True, "a7", "snapshot")
    (snapshot,) = answer["snapshots"]
    assert all((tmp_path / "s" / file).is_file() for file in snapshot["files"])
    assert read(tmp_path / "s" / snapshot["file"]).record.trigger == "command"


def test_an_answer_takes_the_way_that_mqtt_5_gives_it(broker: Any, running: Any, desk: Any) -> None:
    listener = running(mqtt__format="cbor")
    desk(broker, COMMAND, response="desk/answers", correlation=b"\x00\x01")
    assert eventually(lambda: listener.of("desk/answers"))
    (message,) = [message for message in listener.messages if message.topic == "desk/answers"]
    assert message.properties.CorrelationData == b"\x00\x01" and (message.qos, message.retain) == (1, False)
    assert decode(message.payload)["ok"] is True


def test_commands_that_cannot_be_obeyed_have_typed_errors(broker: Any, running: Any, desk: Any, nobody: Path) -> None:
    listener = running(nobody)
    desk(broker, COMMAND, b'{"id": 1}')
    desk(broker, COMMAND, b"\xff garbage")
    desk(broker, f"{ROOT}/command/dance", b'{"id": 3}')
    errors = ["no_face", "bad_request", "unknown_command"]
    assert eventually(
        lambda: (
            {answer["error"]["code"] for answer in told(listener, "response/snapshot")}
            | {answer["error"]["code"] for answer in told(listener, "response/unknown")}
            == set(errors)
        )
    )


def test_with_snapshots_off_a_command_is_told_so(broker: Any, running: Any, desk: Any) -> None:
    listener = running(snapshot__enabled="false")
    desk(broker, COMMAND)
    assert eventually(lambda: told(listener, "response/snapshot"))
    assert told(listener, "response/snapshot")[0]["error"]["code"] == "snapshots_off"


def test_a_retained_command_does_nothing_now_nor_after_a_reconnect(
    broker: Any, listen: Any, keeping: Any, desk: Any, tmp_path: Path
) -> None:
    desk(broker, COMMAND, b"{}", retain=True)
    listener = listen(broker)
    one = keeping(broker.port, mqtt__health_interval_s=0.2)
    assert eventually(lambda: told(listener, "health") and told(listener, "health")[-1]["commands"]["refused"]), one.err
    assert sidecars(tmp_path / "s") == [] and told(listener, "response/snapshot") == []
    desk(broker, COMMAND, b"", retain=True)  # clears it, and is a command of its own for who is there


def test_after_a_reconnect_commands_are_heard_again(broker: Any, listen: Any, running: Any, desk: Any) -> None:
    running()
    broker.restart()
    after = listen(broker)
    assert eventually(lambda: poses(after) > 5)
    desk(broker, COMMAND, b'{"id": 2}')
    assert eventually(lambda: told(after, "response/snapshot"))
    assert told(after, "response/snapshot")[0]["ok"] is True


def test_an_answer_that_is_too_long_for_the_broker_costs_nothing_but_itself(
    make_broker: Any, listen: Any, keeping: Any, desk: Any
) -> None:
    broker = make_broker("allow_anonymous true", "max_packet_size 2450")
    listener = listen(broker)
    one = keeping(broker.port, mqtt__health_interval_s=0.2, mqtt__backoff_max_s=0.5, remote__enabled="false")
    assert eventually(lambda: told(listener, "health")), one.err

    def broker_counts() -> dict[str, int]:
        return told(listener, "health")[-1]["broker"]

    desk(broker, COMMAND, b"", response="\N{GRINNING FACE}" * 512, correlation=b"x" * 256)  # fits, its answer does not
    assert eventually(lambda: broker_counts()["left_out"] == 1), one.err
    desk(broker, COMMAND, b'{"id": 2}')
    assert eventually(lambda: [answer["id"] for answer in told(listener, "response/snapshot")] == [2]), one.err
    assert broker_counts()["reconnects"] == 0 and told(listener, "status")[-1]["state"] == "online"


def test_a_message_that_is_too_long_for_us_costs_one_connection_and_no_memory(
    broker: Any, listen: Any, keeping: Any, desk: Any
) -> None:
    listener = listen(broker)
    one = keeping(broker.port, mqtt__protocol="3.1.1", mqtt__health_interval_s=0.2)
    assert eventually(lambda: told(listener, "health") and poses(listener) > 50), one.err
    before = one.peak_mb
    desk(broker, COMMAND, bytes(100_000_000))
    assert eventually(lambda: told(listener, "health")[-1]["broker"]["reconnects"] == 1), one.err
    after = poses(listener)
    desk(broker, COMMAND, b'{"id": 2}')
    assert eventually(lambda: poses(listener) > after + 20 and told(listener, "response/snapshot")), one.err
    assert [answer["id"] for answer in told(listener, "response/snapshot")] == [2]
    assert one.peak_mb < before + 20
    assert any("sent a packet of 100000" in warning for warning in one.warnings)


def test_a_retained_message_that_is_too_long_costs_the_commands_and_not_the_poses(
    broker: Any, listen: Any, keeping: Any, desk: Any
) -> None:
    desk(broker, COMMAND, bytes(1_000_000), retain=True)
    listener = listen(broker, f"{ROOT}/#")
    one = keeping(broker.port, mqtt__protocol="3.1.1", mqtt__health_interval_s=0.2)
    assert eventually(lambda: poses(listener) > 50), one.err
    status = told(listener, "status")[-1]
    assert status["state"] == "degraded" and "not all is received: The MQTT broker" in status["reason"]
    assert told(listener, "health")[-1]["broker"]["reconnects"] == 2


def test_a_signal_ends_it_with_snapshots_on_the_way(broker: Any, listen: Any, keeping: Any, tmp_path: Path) -> None:
    listener = listen(broker)
    one = keeping(broker.port, snapshot__interval_s=0.01)
    assert eventually(lambda: len(events(listener, "snapshot_saved")) > 3), one.err
    assert one.end(signal.SIGTERM) < 2
    assert one.wait() == 0
    for sidecar in sidecars(tmp_path / "s"):
        read(sidecar)
