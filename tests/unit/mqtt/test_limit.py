"""What is longer than a broker takes is told: once for a topic of ours."""

from __future__ import annotations

import logging

import pytest

from made.broker import settings_for
from visaged.mqtt.limit import Limit


@pytest.fixture
def limit() -> Limit:
    """Of a broker that takes 500 bytes."""
    limit = Limit(settings_for(1883), lambda _: None)
    limit.begin(500)
    return limit


def told(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == level]


def test_answers_that_a_stranger_wants_are_no_warnings_and_name_their_own_topic(
    limit: Limit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "visaged.mqtt")
    for _ in range(2):
        assert limit.fitting("ours", [b"x" * 1000]) is None
    for _ in range(3):
        assert limit.fitting("theirs", [b"x" * 4000, b"short"], is_ours=False) == b"short"
    (warning,) = told(caplog, logging.WARNING)
    assert "so far of ours;" in warning
    assert ["so far of theirs;" in said for said in told(caplog, logging.DEBUG)] == [True] * 3
    assert limit.left_out == 2
