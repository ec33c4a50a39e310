"""Requests off the wire, and their answers."""

from __future__ import annotations

import json
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.mqtt.incoming import Incoming
from visaged.mqtt.topics import Topics
from visaged.running.commands import BURST, MAX_CORRELATION, Answer, Command, Commands, Respond
from visaged.running.kept import Kept
from visaged.running.request import CommandError

TOPICS = Topics("visaged", "cam", ("lorries",))
SNAPSHOT = "visaged/cam/command/snapshot"
DEFAULT = "visaged/cam/response/snapshot"


class Desk:
    """Commands that know ``snapshot``, ``paint`` and ``restart``, and everything that was asked and answered."""

    def __init__(self, encoding: Any = "json") -> None:
        self.asked: list[Respond] = []
        self.answers: list[tuple[str, dict[str, Any], bytes | None]] = []
        self._decode = json.loads if encoding == "json" else cbor2.loads
        commands = {
            "snapshot": Command(lambda _, respond: self.asked.append(respond)),
            "paint": Command(self._paint, frozenset({"colour"})),
            "restart": Command(lambda _, respond: respond(Answer())),
        }
        permitted = ("snapshot", "paint", "dance")
        self.commands = Commands(TOPICS, encoding, commands, permitted=permitted, kept=Kept(), publish=self._answered)

    def _paint(self, asked: Any, respond: Respond) -> None:
        if asked.get("colour") != "red":
            raise CommandError("no_such_colour", "there is red")
        respond(Answer({"painted": asked["colour"]}))

    def _answered(self, topic: str, message: bytes, correlation: bytes | None, _: bytes) -> None:
        self.answers.append((topic, self._decode(message), correlation))

    def send(self, payload: bytes = b"", topic: str = SNAPSHOT, **options: Any) -> None:
        self.commands.receive(Incoming(topic, payload, options.pop("retained", False), **options))

    @property
    def errors(self) -> list[str]:
        return self.errors_of(0)

    def errors_of(self, first: int) -> list[str]:
        """The codes of all answers from the one with that number on."""
        return [answer["error"]["code"] for _, answer, _ in self.answers[first:]]


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
        (
            DEFAULT,
            {"v": 1, "device": "cam", "command": "snapshot", "id": expected, "ok": True, "files": ["a.png"]},
            None,
        )
    ]
    assert desk.commands.counts == {"taken": 1, "repeated": 0, "refused": 0}


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
    assert desk.commands.counts == {"taken": 0, "repeated": 0, "refused": 1}


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


def test_a_command_may_take_more_than_an_id() -> None:
    desk = Desk()
    desk.send(b'{"id": 1, "colour": "red"}', "visaged/cam/command/paint")
    desk.send(b'{"id": 2, "colour": "blue"}', "visaged/cam/command/paint")
    desk.send(b'{"id": 3, "size": 1}', "visaged/cam/command/paint")
    assert desk.answers[0][1]["painted"] == "red"
    assert desk.errors_of(1) == ["no_such_colour", "bad_request"]


def test_a_command_to_a_group_is_obeyed_and_answered_by_each_for_itself() -> None:
    desk = Desk()
    desk.send(b'{"colour": "red"}', "visaged/group/lorries/command/paint")
    desk.send(b'{"colour": "red"}', "visaged/group/ships/command/paint")
    ((topic, answer, _),) = desk.answers
    assert (topic, answer["device"], answer["ok"]) == ("visaged/cam/response/paint", "cam", True)


def test_what_is_not_permitted_is_not_done() -> None:
    desk = Desk()
    desk.send(topic="visaged/cam/command/restart")
    assert desk.errors == ["not_permitted"] and desk.commands.permitted == ["paint", "snapshot"]


def test_a_request_that_comes_twice_is_obeyed_once_and_answered_alike() -> None:
    desk = Desk()
    desk.send(b'{"id": "a"}')
    desk.send(b'{"id": "a"}')  # while it is in work: the answer will come
    assert len(desk.asked) == 1 and desk.answers == []
    desk.asked[0](Answer({"files": ["a.png"]}))
    desk.send(b'{"id": "a"}', response_topic="desk/1", correlation=b"again")
    first, second = desk.answers
    assert second == ("desk/1", first[1], b"again") and len(desk.asked) == 1
    assert desk.commands.counts == {"taken": 1, "repeated": 2, "refused": 0}


def test_an_error_is_kept_for_a_repetition_and_a_refusal_does_not_replace_an_answer() -> None:
    desk = Desk()
    for colour in ("blue", "red"):
        desk.send(json.dumps({"id": 4, "colour": colour}).encode(), "visaged/cam/command/paint")
    assert desk.errors == ["no_such_colour", "no_such_colour"]
    desk.send(b'{"id": 5, "colour": "red"}', "visaged/cam/command/paint")
    desk.send(b'{"id": 5, "size": 1}', "visaged/cam/command/paint")
    desk.send(b'{"id": 5, "colour": "red"}', "visaged/cam/command/paint")
    assert [answer["ok"] for _, answer, _ in desk.answers[2:]] == [True, False, True]


def test_without_an_id_each_request_is_one_of_its_own() -> None:
    desk = Desk()
    desk.send()
    desk.send()
    assert len(desk.asked) == 2


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=60)))
def test_any_bytes_are_obeyed_or_answered(payload: bytes, response_topic: str | None) -> None:
    desk = Desk()
    desk.send(payload, response_topic=response_topic)
    assert len(desk.asked) + len(desk.answers) == 1
