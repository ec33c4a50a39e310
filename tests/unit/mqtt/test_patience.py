"""How the lives of connections decide about the next delay."""

from __future__ import annotations

import random

import pytest

from visaged.backoff import Backoff
from visaged.mqtt.patience import SHORT_LIVES, STABLE_S, Patience


@pytest.fixture
def patience() -> Patience:
    """With delays of 1 to 1000 s, grown long already."""
    patience = Patience(Backoff(1, 1000, random.Random(1)))
    while patience.next_delay() < 100:
        pass
    return patience


def test_connection_that_held_brings_short_delays_back(patience: Patience) -> None:
    patience.lived(STABLE_S)
    assert patience.next_delay() <= 3


def test_connection_that_ended_soon_does_not(patience: Patience) -> None:
    patience.lived(STABLE_S - 0.1)
    assert max(patience.next_delay() for _ in range(5)) > 3


def test_only_short_lives_in_a_row_exhaust_it(patience: Patience) -> None:
    for _ in range(SHORT_LIVES - 1):
        patience.lived(0.1)
    assert not patience.exhausted
    patience.lived(STABLE_S)
    for _ in range(SHORT_LIVES - 1):
        patience.lived(0.1)
    assert not patience.exhausted
    patience.lived(0.1)
    assert patience.exhausted
