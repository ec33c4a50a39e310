"""What devices say may come from anybody."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from visaged.cli.remote_view import answer_line, config_lines, status_line
from visaged.desk.errors import DeskError
from visaged.desk.fleet import Fleet
from visaged.desk.outcome import Sent, by_report, hidden
from visaged.desk.target import Target
from visaged.mqtt.codec import encode

SENT = Sent.of(b"version = 5\n", 5, "device")
NAMES = st.sampled_from(
    [
        "state",
        "version",
        "hash",
        "origin",
        "trial",
        "rejected",
        "origins",
        "device",
        "gates",
        "hidden",
        "keys",
        "effective",
        "status",
        "reason",
        "groups",
        "event",
    ]
)
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    PLAIN | st.text(max_size=20) | st.just(SENT.sha256) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)
MESSAGES = st.dictionaries(NAMES, VALUES, max_size=8)


@given(MESSAGES, MESSAGES, MESSAGES)
def test_whatever_devices_say_is_shown_on_one_line_each(status: Any, info: Any, reported: Any) -> None:
    fleet = Fleet(Target("visaged", "cam"))
    for name, message in (("status", status), ("info", info), ("config/reported", reported)):
        fleet.take(f"visaged/cam/{name}", encode(message, "cbor"))
    for device in fleet.devices:
        lines = [status_line(device, True), status_line(device, False), answer_line(device, reported, False)]
        with contextlib.suppress(DeskError):
            lines += config_lines(device, (), False)
        assert all(line.isprintable() for line in lines)
    by_report(SENT, reported)
    hidden(reported, SENT.origin)


@given(st.text(max_size=40), st.binary(max_size=60))
def test_whatever_comes_on_whatever_topic_does_no_harm(topic: str, payload: bytes) -> None:
    fleet = Fleet(Target("visaged", "front", is_group=True))
    fleet.take(topic, payload)
    fleet.take(f"visaged/{topic}", payload)
    assert fleet.devices == []
