"""Stretches of frames, and which belong together."""

from __future__ import annotations

from measures.closed_loop import overlapping, spans


def test_a_stretch_begins_with_its_first_frame_and_ends_after_its_last() -> None:
    assert spans([False, True, True, False, True]) == [(1, 3), (4, 5)]


def test_nothing_happens_in_no_frames() -> None:
    assert spans([]) == spans([False, False]) == []


def test_stretches_two_frames_apart_do_not_belong_together_and_one_apart_do() -> None:
    assert overlapping([(0, 3)], [(5, 8)]) == 0
    assert overlapping([(0, 3)], [(4, 8)]) == overlapping([(4, 8)], [(0, 3)]) == 1


def test_each_stretch_counts_once_however_many_it_overlaps() -> None:
    assert overlapping([(0, 20)], [(1, 2), (5, 6), (9, 10)]) == 1
    assert overlapping([(1, 2), (5, 6), (9, 10), (30, 31)], [(0, 20)]) == 3
