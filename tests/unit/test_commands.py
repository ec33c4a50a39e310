"""Requests off the wire, and their answers."""

from __future__ import annotations

import json
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.commands import BURST, MAX_CORRELATION, Answer, Commands, Respond, Tokens
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.topics import Topics

TOPICS = Topics("visaged", "cam")
SNAPSHOT = "visaged/cam/command/snapshot"
DEFAULT = "visaged/cam/response/snapshot"


class Desk:
    """Commands that know ``snapshot``, and everything that was asked and answered."""

    def __init__(self, encoding: Any = "json") -> None:
        self.asked: list[Respond] = []
        self.answers: list[tuple[str, dict[str, Any], bytes | None]] = []
        self._decode = json.loads if encoding == "json" else cbor2.loads
        self.commands = Commands(TOPICS, encoding, {"snapshot": self.asked.append}, self._answered)

    def _answered(self, topic: str, message: bytes, correlation: bytes | None) -> None:
        self.answers.append((topic, self._decode(message), correlation))

    def send(self, payload: bytes = b"", topic: str = SNAPSHOT, **options: Any) -> None:
        self.commands.receive(Incoming(topic, payload, options.pop("retained", False), **options))

    @property
    def errors(self) -> list[str]:
        return [answer["error"]["code"] for _, answer, _ in self.answers]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [(b"", None), (b"{}", None), (b'{"id": "a"}', "a"), (b'{"id": 7}', 7), (cbor2.dumps({"id": "c"}), "c")],
)
def test_a_request_is_obeyed_and_answered_with_its_id(payload: bytes, expected: object) -> None:
    desk = Desk()
    desk.send(payload)
    assert len(desk.asked) == 1 and desk.answers == []
    desk.asked[0](Answer({"files": ["a.png"]}))
    assert desk.answers == [
        (DEFAULT, {"v": 1, "command": "snapshot", "id": expected, "ok": True, "files": ["a.png"]}, None)
    ]
    assert desk.commands.counts == {"taken": 1, "refused": 0}


def test_an_answer_goes_where_the_request_wants_it_with_what_it_is_known_by() -> None:
    desk = Desk("cbor")
    desk.send(response_topic="desk/1", correlation=b"\0\xff")
    desk.asked[0](Answer({}, ("no_face", "nobody there")))
    topic, answer, correlation = desk.answers[0]
    assert (topic, correlation) == ("desk/1", b"\0\xff")
    assert answer["ok"] is False and answer["error"] == {"code": "no_face", "message": "nobody there"}


@pytest.mark.parametrize(
    "topic",
    [
        "visaged/cam/pose",
        "visaged/cam/status",
        "visaged/other/command/snapshot",
        "visaged/cam/config/desired",
        "visaged/cam/response",
        "visaged",
        "visaged/",
        "$SYS/broker",
        "a/#",
        "a/+",
        "a\0b",
        "a\x01b",
        "a/" * 64 + "b",
        "",
        "x" * 513,
    ],
)
def test_an_answer_cannot_be_turned_into_anything_else(topic: str) -> None:
    desk = Desk()
    desk.send(response_topic=topic)
    desk.asked[0](Answer({}))
    assert desk.answers[0][0] == DEFAULT


@pytest.mark.parametrize("topic", ["visaged/cam/response/mine", "visaged/desk/response/a/b", "visaged2/cam/pose", "a"])
def test_topics_for_answers_are_taken(topic: str) -> None:
    assert TOPICS.may_answer_on(topic)


@pytest.mark.parametrize(
    "payload",
    [
        b"garbage",
        b"[]",
        b"{",
        b"\xff\xff",
        b'{"id": true}',
        b'{"id": 1.5}',
        b'{"id": []}',
        b'{"id": "%s"}' % (b"x" * 129),
        b'{"face": 1}',
        b"{" + b" " * 4096 + b"}",
        b'{"a":' * 900 + b"1" + b"}" * 900,
    ],
)
def test_garbage_is_answered_with_a_typed_error_and_counted(payload: bytes) -> None:
    desk = Desk()
    desk.send(payload)
    assert desk.errors == ["bad_request"] and desk.asked == []
    assert desk.commands.counts == {"taken": 0, "refused": 1}


def test_correlation_data_as_long_as_permitted_comes_back() -> None:
    desk = Desk()
    desk.send(correlation=b"x" * MAX_CORRELATION)
    desk.asked[0](Answer({}))
    assert desk.answers[0][2] == b"x" * MAX_CORRELATION


def test_correlation_data_that_is_too_long_is_refused_and_not_sent_back() -> None:
    desk = Desk()
    desk.send(b'{"id": 5}', correlation=b"x" * (MAX_CORRELATION + 1))
    ((_, answer, correlation),) = desk.answers
    assert (answer["id"], answer["error"]["code"], correlation) == (5, "bad_request", None)
    assert desk.asked == []


def test_an_unknown_command_is_answered_with_its_id_and_in_a_place_of_ours() -> None:
    desk = Desk()
    desk.send(b'{"id": 1}', "visaged/cam/command/format-disk")
    ((topic, answer, _),) = desk.answers
    assert (topic, answer["id"], answer["error"]["code"]) == ("visaged/cam/response/unknown", 1, "unknown_command")


def test_a_retained_command_is_ignored_and_counted() -> None:
    desk = Desk()
    desk.send(retained=True)
    desk.send(topic="visaged/other/command/snapshot")
    assert (desk.asked, desk.answers) == ([], []) and desk.commands.counts["refused"] == 2


def test_a_flood_is_neither_obeyed_nor_answered_beyond_a_burst() -> None:
    desk = Desk()
    for _ in range(10_000):
        desk.send(b"garbage")
    assert BURST <= len(desk.answers) <= BURST + 5
    assert desk.commands.counts["refused"] == 10_000


@given(st.lists(st.floats(0, 5), max_size=200))
def test_tokens_are_never_more_than_burst_and_rate_allow(steps: list[float]) -> None:
    tokens, now, taken = Tokens(3, 2.0), 100.0, 0
    for step in steps:
        now += step
        taken += tokens.take(now)
    assert taken <= 3 + 2.0 * (now - 100.0) + 1e-6


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=60)))
def test_any_bytes_are_obeyed_or_answered(payload: bytes, response_topic: str | None) -> None:
    desk = Desk()
    desk.send(payload, response_topic=response_topic)
    assert len(desk.asked) + len(desk.answers) == 1
