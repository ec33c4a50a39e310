"""A broker that takes short packets only: what is longer is left out, and all else goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.broker import settings_for
from made.mosquitto import Broker
from made.pictures import write_video
from made.waiting import eventually
from visaged.mqtt import payload
from visaged.mqtt.codec import decode
from visaged.mqtt.incoming import Inbound
from visaged.mqtt.topics import Topics
from visaged.running.link import Link, Terms

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


def test_more_topics_than_one_packet_can_name_are_subscribed_to(make_broker: Any, publish: Any, listen: Any) -> None:
    broker = make_broker(OPEN, "max_packet_size 300")
    topics = tuple(f"visaged/group/group-number-{n}/config/desired" for n in range(12))
    heard: list[str] = []
    answers: list[str | None] = []
    inbound = Inbound(topics, lambda message: heard.append(message.topic), answers.append)
    publisher = publish(broker, callbacks={"inbound": inbound})
    assert eventually(lambda: answers == [None])
    for topic in topics:
        listen(broker).publish(topic, b"patch")
    assert eventually(lambda: heard == list(topics))
    assert publisher.stats.reconnects == 0


def test_a_topic_too_long_to_be_asked_for_is_told_and_the_others_are_heard(
    make_broker: Any, publish: Any, listen: Any
) -> None:
    broker = make_broker(OPEN, "max_packet_size 300")
    fits, too_long = "a" * 290, "b" * 291
    heard: list[str] = []
    answers: list[str | None] = []
    inbound = Inbound((too_long, fits), lambda message: heard.append(message.topic), answers.append)
    publisher = publish(broker, callbacks={"inbound": inbound})
    assert eventually(lambda: answers)
    assert f"300 bytes at most, too few to subscribe to {too_long};" in str(answers[0])
    listen(broker).publish(fits, b"")
    assert eventually(lambda: heard == [fits])
    assert publisher.stats.reconnects == 0 and publisher.stats.last_error is None


def test_a_packet_that_is_too_long_raises_no_suspicion_of_a_rival(
    publish: Any, free_port_broker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    welcome, too_large = b"\x20\x03\x00\x00\x00", b"\xe0\x02\x95\x00"
    free_port_broker.answer(welcome + too_large)
    publisher = publish(free_port_broker, connected=False)
    assert eventually(lambda: publisher.stats.reconnects > 4, 10)
    assert "ended the connection: a packet is longer than it takes." in caplog.text
    assert "same client id" not in caplog.text


def test_the_last_word_is_cut_short_or_left_to_the_will(make_broker: Any, listen: Any) -> None:
    broker = make_broker(OPEN, "max_packet_size 300")
    listener = listen(broker)
    for root, state, reason in (("short", "stopped", "x" * 100), ("r" * 110, "offline", "connection lost")):
        topics = Topics(root, "cam", ())
        settings = settings_for(broker.port, client_id=root[:9])
        link = Link(Terms(settings, topics, "json", False, False), print, print)
        link.start()
        link.status("online", None)
        assert eventually(lambda topic=topics.status: listener.of(topic))
        began = time.monotonic()
        link.stop(payload.status("stopped", "x" * 300, time.time()), 5.0)
        assert time.monotonic() - began < 0.8
        assert eventually(lambda topic=topics.status: len(listener.of(topic)) == 2)
        last = json.loads(listener.of(topics.status)[-1])
        assert (last["state"], last["reason"]) == (state, reason)
