"""A file's time line on the monotonic clock."""

from __future__ import annotations

import pytest

from visaged.sources.pacing import TimeLine


def test_the_first_frame_is_due_now_and_the_others_relative_to_it() -> None:
    line = TimeLine(0.04)
    assert [line.due(t, now) for t, now in ((2.0, 100.0), (2.04, 100.5), (3.0, 101.5))] == pytest.approx(
        [100.0, 100.04, 101.0]
    )


def test_a_repetition_begins_one_step_after_the_last_frame() -> None:
    line = TimeLine(0.04)
    due = [line.due(t, 10.0) for t in (0.0, 0.04, 0.08, 0.0, 0.04, 0.08, 0.0)]
    assert due == pytest.approx([10.0 + 0.04 * number for number in range(7)])
