"""The table and the lines of ``visaged watch``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.cli.watch_view import MAX_DEVICES, View, bar, clean, json_line, plain_line

ANGLES = {"yaw": -32.4, "pitch": 3.1, "roll": 80.0}
FACE = {"id": 3, "confidence": 0.97, "valid": True, **ANGLES, "eye_open": [0.91, None], "mouth_open": 0.04}
POSE = {"v": 1, "seq": 7, "latency_ms": 7.9, "faces": [FACE]}

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(
    ["faces", "seq", "latency_ms", "state", "reason", "id", "yaw", "confidence", "valid", "eye_open"]
)
FACES = st.lists(st.dictionaries(KEYS, ANYTHING), max_size=3)
MESSAGES = st.dictionaries(KEYS, ANYTHING) | st.fixed_dictionaries({"faces": FACES})


@given(st.text(), MESSAGES, st.sampled_from(["pose", "status"]))
def test_nothing_unprintable_gets_through(device: str, message: dict[str, Any], kind: str) -> None:
    view = View("localhost:1883")
    view.add(device, kind, message, 1.0)
    view.add_rubbish(device)
    for line in [*view.lines(2.0, 200), plain_line(device, kind, message)]:
        assert line.isprintable()
        assert len(line) < 5000
    assert json_line(device, message).isprintable()  # as long as the message is


def test_table_shows_device_state_rate_and_face() -> None:
    view = View("localhost:1883")
    view.add("kitchen", "status", {"state": "degraded", "reason": "camera_lost"}, 0.0)
    for n in range(11):
        view.add("kitchen", "pose", POSE, 10 + n / 10)
    text = "\n".join(view.lines(11.5, 200))
    assert all(part in text for part in ("kitchen", "degraded (camera_lost)", "10.0 fps", "7.9 ms", "last 0.5 s ago"))
    assert "-32.4 [  =|   ]" in text and "+80.0 [   |===]" in text


def test_invalid_face_shows_its_reason() -> None:
    assert "yaw_out_of_range  yaw ?" in plain_line("a", "pose", {"faces": [{"reason": "yaw_out_of_range"}]})


def test_nobody_there_is_shown() -> None:
    view = View("localhost:1883")
    view.add("kitchen", "pose", {"faces": []}, 0.0)
    assert "    nobody there" in view.lines(0.0, 80)


def test_faces_fit_the_classic_terminal() -> None:
    view = View("localhost:1883")
    view.add("kitchen", "pose", POSE, 0.0)
    for width in (79, 80, 97):
        assert len(view.lines(0.0, width)[-1]) == 79


def test_a_wide_terminal_shows_the_openings_of_eyes_and_mouth_too() -> None:
    view = View("localhost:1883")
    view.add("kitchen", "pose", POSE, 0.0)
    header, face = view.lines(0.0, 98)[-2:]
    assert (header[79:].split(), face[79:].split()) == (["left", "right", "mouth"], ["0.91", "?", "0.04"])


@pytest.mark.parametrize("eyes", [None, [], [0.1], [0.1, 0.2, 0.3], "ab", {"a": 1}, [True, "x"]])
def test_openings_that_make_no_sense_are_not_known(eyes: Any) -> None:
    line = plain_line("a", "pose", {"faces": [FACE | {"eye_open": eyes, "mouth_open": eyes}]})
    assert line.endswith("  eyes ? ?  mouth ?")


def test_lines_are_cut_to_the_width() -> None:
    view = View("localhost:1883")
    view.add("kitchen", "pose", POSE, 0.0)
    assert max(map(len, view.lines(0.0, 30))) == 30


def test_strangers_cannot_fill_the_screen_with_devices() -> None:
    view = View("localhost:1883")
    for n in range(1000):
        view.add(str(n), "pose", POSE, 0.0)
    assert len(view.lines(0.0, 80)) <= 2 + 5 * MAX_DEVICES


def test_deleted_status_is_unknown_again() -> None:
    view = View("localhost:1883")
    view.add("kitchen", "status", {"state": "online"}, 0.0)
    view.forget_status("kitchen")
    assert "state unknown" in view.lines(0.0, 80)[2]


def test_json_line_is_json_of_the_message() -> None:
    assert json.loads(json_line("a/pose", POSE)) == {"topic": "a/pose", "message": POSE}


@pytest.mark.parametrize(
    ("value", "drawn"),
    [(None, "[   |   ]"), (0.0, "[   |   ]"), (50.0, "[   |== ]"), (-400.0, "[===|   ]")],
)
def test_bar_is_drawn_around_its_middle(value: float | None, drawn: str) -> None:
    assert bar(value) == drawn


def test_terminal_escapes_are_replaced() -> None:
    assert clean("a\x1b[2J\x9b\u202eb") == "a?[2J??b"
