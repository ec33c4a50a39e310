"""What reading may cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.mqtt.ration import FLOOD_S, REST_S, Ration

NOW = 1000.0


def test_a_burst_is_not_held_up_and_no_flood() -> None:
    ration = Ration(0.1, 0.2)
    for number in range(19):
        ration.spend(0.01, NOW)
        assert ration.wait_s(NOW) == 0, number
    assert not ration.is_flooded(NOW + FLOOD_S)


def test_what_is_used_up_rests_for_a_while() -> None:
    ration = Ration(0.1, 0.2)
    ration.spend(0.2, NOW)
    assert ration.wait_s(NOW) == pytest.approx(REST_S)
    assert ration.wait_s(NOW + REST_S / 2) == pytest.approx(REST_S / 2)
    assert ration.wait_s(NOW + REST_S + 1e-6) == 0


def test_a_flood_is_known_while_it_lasts_and_forgotten_when_the_ration_is_whole() -> None:
    ration, now = Ration(0.1, 0.2), NOW
    while now < NOW + FLOOD_S + 2 * REST_S:
        now += ration.wait_s(now)
        ration.spend(0.01, now)
    assert ration.is_flooded(now)
    assert ration.is_flooded(now + 1.0)
    assert not ration.is_flooded(now + 2.1)


@given(st.lists(st.tuples(st.floats(0, 0.05), st.floats(0, 0.05)), min_size=1, max_size=300))
def test_who_waits_as_told_spends_no_more_than_burst_and_share(steps: list[tuple[float, float]]) -> None:
    ration, now, spent = Ration(0.03, 0.1), NOW, 0.0
    for cost, pause in steps:
        now += pause + ration.wait_s(now) + 1e-9
        ration.spend(cost, now)
        spent += cost
    assert spent <= 0.1 + 0.03 * (now - NOW) + 0.05 + 1e-6
