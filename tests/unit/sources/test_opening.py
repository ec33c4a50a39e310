"""How patiently a camera is opened, and how soon again."""

from __future__ import annotations

import random

import pytest

from visaged.sources.opening import LEAST_S, SHARE, SOON_S, SPENT, Opening

TAKES_S = 0.3
COSTLY_S = 1.0
"""Of the processor, for an opening: nothing that can be done often."""


def opening(limit_s: float = 10.0) -> Opening:
    return Opening(limit_s, (0.5, 10.0), random.Random(1))


def opened(one: Opening, *arrivals: float | None) -> Opening:
    """After openings whose first picture came so late, or never (None)."""
    for arrival in arrivals:
        one.began()
        if arrival is not None:
            one.arrived(arrival)
            one.arrived(arrival + 100)
    return one


@pytest.mark.parametrize(
    ("arrivals", "patience"),
    [((), 10.0), ((0.3,), LEAST_S), ((1.5,), 4.5), ((8.0,), 10.0), ((8.0, 0.3), LEAST_S), ((0.3, None), LEAST_S)],
)
def test_one_that_was_quick_gets_three_times_what_it_took(arrivals: tuple[float | None, ...], patience: float) -> None:
    assert opened(opening(), *arrivals).patience_s(0.0) == pytest.approx(patience)


def back_after(outage_s: float) -> float:
    """Seconds until there are pictures again where each opening during the outage hangs for ever."""
    one = opened(opening(), TAKES_S)
    now = 1.5  # noticed
    while True:
        now += one.lost(now, COSTLY_S)
        one.began()
        if now >= outage_s:
            return now + TAKES_S - outage_s
        now += one.patience_s(now)


@pytest.mark.parametrize("tenths", range(15, 60))
def test_after_a_hiccup_an_opening_that_hangs_holds_nothing_up_for_long(tenths: int) -> None:
    assert back_after(tenths / 10) <= LEAST_S + max(0.5, SHARE * tenths / 10) + TAKES_S


@pytest.mark.parametrize("outage_s", [20.0, 60.0, 3600.0])
def test_however_long_it_was_away_it_is_back_within_the_longest_wait_and_opening(outage_s: float) -> None:
    assert back_after(outage_s) <= min(outage_s / 2, 20.0) + TAKES_S


def test_what_has_become_slow_gets_its_time_at_last() -> None:
    one = opened(opening(), TAKES_S)
    one.lost(100.0, COSTLY_S)
    assert [one.patience_s(100.0 + away) for away in (0, 12, 24, 100)] == [LEAST_S, 3.0, 6.0, 10.0]


def test_what_stays_away_is_left_alone_for_longer_and_longer() -> None:
    one = opening()
    waits = [one.lost(now, COSTLY_S) for now in (0.0, 1.0, 8.0, 30.0, 1000.0)]
    assert waits[:2] == [0.5, 0.5]
    assert 1.6 <= waits[2] <= 2.0 < waits[3] <= 7.5 < waits[4] == 10.0


@pytest.mark.parametrize(("cost_s", "longest"), [(0.0, SOON_S), (0.018, SOON_S), (0.05, 4.0), (COSTLY_S, 10.0)])
def test_what_costs_little_is_tried_as_often_as_that_permits(cost_s: float, longest: float) -> None:
    one = opening()
    waits = [one.lost(now, cost_s) for now in (0.0, 2.0, 1000.0)]
    assert waits == [0.5, 0.5, pytest.approx(longest)] and cost_s / longest <= max(SPENT, COSTLY_S / 10)


def test_what_is_not_mended_by_opening_it_again_is_left_alone_for_the_longest_wait() -> None:
    assert opening().lost(0.0, 0.0, is_of_no_use=True) == 10.0


def test_one_that_was_plugged_in_again_is_opened_again_soon_and_with_patience() -> None:
    one = opened(opening(), TAKES_S)
    one.lost(0.0, COSTLY_S)
    one.returned()
    assert (one.lost(20.0, COSTLY_S), one.patience_s(20.0)) == (0.5, 5.0)


def test_one_that_has_settled_starts_over() -> None:
    one = opened(opening(), TAKES_S)
    one.lost(0.0, COSTLY_S)
    one.settled()
    assert (one.lost(100.0, COSTLY_S), one.patience_s(100.0)) == (0.5, LEAST_S)
