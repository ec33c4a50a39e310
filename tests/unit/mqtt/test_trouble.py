"""Trouble is said once."""

from __future__ import annotations

import pytest

from visaged.mqtt.trouble import Trouble


def test_the_same_sentence_is_logged_once_until_it_changes_or_is_over(caplog: pytest.LogCaptureFixture) -> None:
    trouble = Trouble()
    for sentence in ("a", "a", "b", "b", "a"):
        trouble.note(sentence)
    trouble.over()
    trouble.note("a")
    assert caplog.messages == ["a", "b", "a", "a"]


def test_the_latest_sentence_is_kept_until_it_is_over() -> None:
    trouble = Trouble()
    assert trouble.sentence is None
    trouble.note("a")
    assert trouble.sentence == "a"
    trouble.over()
    assert trouble.sentence is None
