"""How patiently a camera is opened, and how soon again."""

from __future__ import annotations

import random

import pytest

from visaged.sources.opening import LEAST_S, PATIENT, SOON_S, SPENT, Opening

TAKES_S = 0.3
CHEAP_S, COSTLY_S = 0.005, 1.0
"""Of the processor, for an opening: as often as one likes, and nothing that can be done often."""


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


def failed_at_once(one: Opening, now: float, cost_s: float) -> float:
    """The wait after an opening that took no time."""
    one.patience_s(now)
    return one.lost(now, cost_s)


def back_after(outage_s: float, cost_s: float = CHEAP_S) -> float:
    """Seconds until there are pictures again where each opening during the outage hangs until it is given up."""
    one = opened(opening(), TAKES_S)
    now = 1.5  # noticed
    while True:
        now += one.lost(now, cost_s)
        patience_s = one.patience_s(now)
        one.began()
        if now >= outage_s:
            return now + TAKES_S - outage_s
        now += patience_s


def tenths(first_s: float, last_s: float) -> list[float]:
    return [tenth / 10 for tenth in range(round(first_s * 10), round(last_s * 10))]


@pytest.mark.parametrize("outage_s", tenths(1.5, 4.0))
def test_after_a_hiccup_an_opening_that_hangs_holds_nothing_up_for_long(outage_s: float) -> None:
    assert back_after(outage_s) <= LEAST_S + 0.5 + TAKES_S


def test_after_a_long_outage_it_does_not_either_but_for_one_in_five() -> None:
    took = [back_after(outage_s) for outage_s in tenths(5.0, 300.0)]
    assert sum(seconds <= LEAST_S + 0.5 + TAKES_S for seconds in took) >= (1 - PATIENT) * len(took)
    assert max(took) <= 10.0 + 0.5 + TAKES_S


@pytest.mark.parametrize("outage_s", [20.0, 60.0, 3600.0])
def test_however_long_it_was_away_it_is_back_within_the_longest_wait_and_opening(outage_s: float) -> None:
    assert back_after(outage_s, COSTLY_S) <= min(outage_s / 2, 20.0) + TAKES_S


def test_what_has_become_slow_gets_its_time_at_last_but_seldom() -> None:
    one = opened(opening(), TAKES_S)
    one.lost(100.0, COSTLY_S)
    patience = [one.patience_s(100.0 + away) for away in (0, 12, 24, 27, 100, 110, 149, 150)]
    assert patience == [LEAST_S, 3.0, LEAST_S, 6.75, 10.0, LEAST_S, LEAST_S, 10.0]


def test_what_stays_away_is_left_alone_for_longer_and_longer() -> None:
    one = opening()
    waits = [failed_at_once(one, now, COSTLY_S) for now in (0.0, 1.0, 8.0, 30.0, 1000.0)]
    assert waits[:2] == [0.5, 0.5]
    assert 1.6 <= waits[2] <= 2.0 < waits[3] <= 7.5 < waits[4] == 10.0


@pytest.mark.parametrize(("cost_s", "longest"), [(0.0, SOON_S), (0.018, SOON_S), (0.06, 4.0), (COSTLY_S, 10.0)])
def test_what_costs_little_is_tried_as_often_as_that_permits(cost_s: float, longest: float) -> None:
    one = opening()
    waits = [failed_at_once(one, now, cost_s) for now in (0.0, 2.0, 1000.0)]
    assert waits == [0.5, 0.5, pytest.approx(longest)] and cost_s / longest <= max(SPENT, COSTLY_S / 10)


def test_the_time_that_an_opening_took_counts_as_waited() -> None:
    one = opening()
    one.lost(0.0, CHEAP_S)
    assert [one.patience_s(100.0), one.lost(100.2, CHEAP_S)] == [10.0, pytest.approx(SOON_S - 0.2)]
    assert [one.patience_s(200.0), one.lost(210.0, CHEAP_S)] == [10.0, 0.5]


def test_what_is_not_mended_by_opening_it_again_is_left_alone_for_the_longest_wait() -> None:
    assert opening().lost(0.0, 0.0, is_of_no_use=True) == 10.0


def test_one_that_was_plugged_in_again_is_opened_again_soon_and_with_patience() -> None:
    one = opened(opening(), TAKES_S)
    one.lost(0.0, COSTLY_S)
    assert one.patience_s(18.0) == 4.5
    one.returned()
    assert (one.lost(20.0, COSTLY_S), one.patience_s(20.0)) == (0.5, 5.0)


def test_one_that_has_settled_starts_over() -> None:
    one = opened(opening(), TAKES_S)
    one.lost(0.0, COSTLY_S)
    one.settled()
    assert (one.lost(100.0, COSTLY_S), one.patience_s(100.0)) == (0.5, LEAST_S)
