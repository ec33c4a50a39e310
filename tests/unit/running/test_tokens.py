"""How much may come, at once and for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visaged.running.tokens import Tokens


@given(st.lists(st.floats(0, 5), max_size=200))
def test_tokens_are_never_more_than_burst_and_rate_allow(steps: list[float]) -> None:
    tokens, now, taken = Tokens(3, 2.0), 100.0, 0
    for step in steps:
        now += step
        taken += tokens.take(now)
    assert taken <= 3 + 2.0 * (now - 100.0) + 1e-6
