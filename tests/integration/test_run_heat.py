"""``visaged run`` on a made board that gets hot, and cool again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from made.board import MadeBoard
from made.camera import http_camera
from made.waiting import eventually
from visaged.mqtt.codec import decode

ROOT = "visaged/cam"


@pytest.fixture
def camera() -> Iterator[str]:
    with http_camera() as address:
        yield f"{address}/endless"


@pytest.fixture
def board(on_board: Callable[[], MadeBoard]) -> MadeBoard:
    """A Raspberry Pi 4 at 50 degrees, whose steps are at 72, 76 and 79."""
    board = on_board()
    board.identify("Raspberry Pi 4 Model B", "raspberrypi,4-model-b", "brcm,bcm2711")
    board.zone(0, "cpu-thermal", 50)
    board.throttled(0)
    return board


def of(listener: Any, topic: str) -> list[Any]:
    """What was published there, oldest first."""
    return [decode(payload) for payload in listener.of(f"{ROOT}/{topic}")]


def events(listener: Any) -> list[tuple[str, float, str | None]]:
    """The events about heat: name, share of the frames, reason."""
    found = [event for event in of(listener, "event") if "throttled" in event["event"]]
    return [(event["event"], event["rate"], event["reason"]) for event in found]


def share(listener: Any) -> float:
    """Of the frames in the last health message, those that were processed."""
    health = of(listener, "health")[-1]
    return float(health["fps_out"] / health["fps_in"]) if health["fps_in"] else 1.0


def test_a_hot_board_gets_less_to_do_and_everybody_hears_of_it(
    broker: Any, listen: Any, daemon: Any, camera: str, board: MadeBoard
) -> None:
    listener = listen(broker)
    one = daemon(broker.port, "--source", camera, mqtt__health_interval_s=0.5, thermal__dwell_s=1)
    assert eventually(lambda: of(listener, "pose"), 20), one.err
    assert of(listener, "info")[-1]["board"] == "Raspberry Pi 4 Model B"

    board.zone(0, "cpu-thermal", 79.5)
    assert eventually(lambda: events(listener), 25), one.err
    assert events(listener) == [("throttled", 0.2, "79.5 degrees, limit 79")]
    assert eventually(lambda: of(listener, "status")[-1]["state"] == "degraded")
    assert of(listener, "status")[-1]["reason"] == "only 1/5 of the frames are processed: 79.5 degrees, limit 79"
    assert any("1/5 of the frames" in warning for warning in one.warnings)
    expected = {"step": 3, "rate": 0.2, "temperature_c": 79.5, "reason": "79.5 degrees, limit 79"}
    assert eventually(lambda: of(listener, "health")[-1]["throttling"] == expected)
    assert eventually(lambda: share(listener) < 0.3)

    board.zone(0, "cpu-thermal", 60)
    assert eventually(lambda: len(events(listener)) >= 4, 25), events(listener)
    assert [(name, rate) for name, rate, _ in events(listener)] == [
        ("throttled", 0.2),
        ("throttled", 0.333),
        ("throttled", 0.5),
        ("unthrottled", 1.0),
    ]
    assert eventually(
        lambda: of(listener, "status")[-1] | {"since": None} == {"state": "online", "reason": None, "since": None}
    )
    assert eventually(lambda: share(listener) > 0.9 or of(listener, "health")[-1]["throttling"]["step"] == 0)


def test_firmware_that_throttles_is_a_reason_too(
    broker: Any, listen: Any, daemon: Any, camera: str, board: MadeBoard
) -> None:
    listener = listen(broker)
    board.throttled(0x50005)
    one = daemon(broker.port, "--source", camera, mqtt__health_interval_s=0.5)
    assert eventually(lambda: events(listener), 25), one.err
    assert events(listener) == [("throttled", 0.5, "under-voltage, throttled")]
    assert eventually(lambda: any(health["throttled"] for health in of(listener, "health")))


def test_it_can_be_switched_off(broker: Any, listen: Any, daemon: Any, camera: str, board: MadeBoard) -> None:
    listener = listen(broker)
    board.zone(0, "cpu-thermal", 90)
    daemon(broker.port, "--source", camera, mqtt__health_interval_s=0.5, thermal__enabled="false")
    assert eventually(lambda: len(of(listener, "health")) >= 9, 25)
    assert events(listener) == []
    assert "throttling" not in of(listener, "health")[-1]


def thread(one: Any) -> str:
    """The number of the one that looks at the sensors."""
    names = {task.parent.name: task.read_text().strip() for task in Path(f"/proc/{one.pid}/task").glob("*/comm")}
    (found,) = [number for number, name in names.items() if name == "cooling"]
    return found


def test_its_settings_change_while_it_goes_on(
    broker: Any, listen: Any, daemon: Any, camera: str, board: MadeBoard
) -> None:
    listener, file = listen(broker), board.root / "visaged.toml"
    file.write_text("[thermal]\ndwell_s = 3600\n")
    board.zone(0, "cpu-thermal", 79.5)
    one = daemon(broker.port, "--source", camera, "--config", str(file), mqtt__health_interval_s=0.5)
    assert eventually(lambda: events(listener), 25), one.err
    first = thread(one)

    def heard(settings: str, *expected: tuple[str, float, str | None]) -> bool:
        before = len(events(listener))
        file.write_text(f"[thermal]\n{settings}\n")
        one.hang_up()
        return eventually(lambda: events(listener)[before:] == [*expected], 25)

    cooling = "cooling down, 50.0 degrees"
    back = [("throttled", 0.333, cooling), ("throttled", 0.5, cooling), ("unthrottled", 1.0, None)]
    board.zone(0, "cpu-thermal", 50)
    assert heard("dwell_s = 0.1", *back)
    assert heard("limit_c = 40", ("throttled", 0.2, "50.0 degrees, limit 47"))
    assert heard("enabled = false", ("unthrottled", 1.0, None))
    assert eventually(lambda: "throttling" not in of(listener, "health")[-1])
    assert eventually(lambda: of(listener, "status")[-1]["state"] == "online")
    assert heard("limit_c = 40", ("throttled", 0.2, "50.0 degrees, limit 47"))
    assert thread(one) == first
