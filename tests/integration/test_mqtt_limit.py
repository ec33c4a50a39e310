"""A broker that takes short packets only: what is longer is left out, and all else goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.mosquitto import Broker
from made.pictures import write_video
from made.waiting import eventually
from visaged.mqtt.codec import decode

ROOT = "visaged/cam"
OPEN = "allow_anonymous true"


class Told:
    """What a daemon says to such a broker."""

    def __init__(self, listener: Any, one: Any) -> None:
        self.listener, self.daemon = listener, one

    def all(self, name: str) -> list[dict[str, Any]]:
        return [decode(payload) for payload in self.listener.of(f"{ROOT}/{name}")]

    def comes(self, name: str, is_it: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The first such message on a topic of the daemon's."""
        found: list[dict[str, Any]] = []

        def has_come() -> bool:
            found.extend(message for message in self.all(name) if is_it(message))
            return bool(found)

        assert eventually(has_come, 30), (self.all(name)[-3:], self.daemon.err)
        return found[0]


@pytest.fixture
def beyond(make_broker: Callable[..., Broker], listen: Any, daemon: Any, tmp_path: Path) -> Callable[..., Told]:
    """``beyond(4000)``: a daemon at a broker that takes packets of 4000 bytes."""

    def start(longest: int, **settings: Any) -> Told:
        broker = make_broker(OPEN, f"max_packet_size {longest}")
        listener = listen(broker)
        film = write_video(tmp_path / "film.avi", 25, [True] * 25)
        one = daemon(broker.port, "--source", str(film), "--loop", mqtt__health_interval_s=0.2, **settings)
        told = Told(listener, one)
        told.comes("pose", lambda pose: pose["seq"] > 20)
        return told

    return start


def test_the_report_goes_out_without_its_longest_part_and_says_so(beyond: Callable[..., Told]) -> None:
    told = beyond(4000)
    report = told.comes("config/reported", lambda _: True)
    assert (report["state"], report["effective"], report["left_out"]) == ("local", None, ["effective"])
    status = told.comes("status", lambda status: status["state"] == "degraded" and "4000 bytes" in status["reason"])
    assert "left out, so far of visaged/cam/config/reported;" in status["reason"]
    health = told.comes("health", lambda _: True)
    assert (health["broker"]["reconnects"], health["broker"]["left_out"]) == (0, 0)
    told.listener.publish(f"{ROOT}/command/get-config", b'{"id": 1}')
    answer = told.comes("response/get-config", lambda _: True)
    assert (answer["id"], answer["error"]["code"]) == (1, "too_long")


def test_what_cannot_be_shortened_is_left_out_and_the_connection_stays(beyond: Callable[..., Told]) -> None:
    told = beyond(1000, mqtt__landmarks="true")
    named = ("config/reported", "info", "landmarks")
    told.comes("status", lambda status: all(f"{ROOT}/{name}" in str(status["reason"]) for name in named[1:]))
    health = told.comes("health", lambda health: health["broker"]["left_out"] > 20)
    assert health["broker"]["reconnects"] == 0
    assert (told.all("info"), [one for one in told.all("landmarks") if one["faces"]]) == ([], [])
    assert all(len(payload) < 1000 for topic in named for payload in told.listener.of(f"{ROOT}/{topic}"))
    assert len(told.listener.of(f"{ROOT}/pose")) > 20


def test_a_reason_is_cut_short_where_even_that_is_too_long(beyond: Callable[..., Told]) -> None:
    told = beyond(340)
    status = told.comes("status", lambda status: status["state"] == "degraded" and "so far" not in status["reason"])
    assert len(status["reason"]) <= 100
    assert json.loads(told.listener.of(f"{ROOT}/status")[-1])["state"] == "degraded"
