"""How long a camera is given for its first picture."""

from __future__ import annotations

import pytest

from visaged.sources.opening import Opening


def opened(opening: Opening, *arrivals: float | None) -> float:
    """The patience after openings whose first picture came so late, or never (None)."""
    for arrival in arrivals:
        opening.began()
        if arrival is not None:
            opening.arrived(arrival)
            opening.arrived(arrival + 100)
    opening.began()
    return opening.patience_s


@pytest.mark.parametrize(
    ("arrivals", "patience"),
    [
        ((), 10.0),
        ((0.3,), 2.0),
        ((1.5,), 4.5),
        ((8.0,), 10.0),
        ((8.0, 0.3), 2.0),
        ((0.3, None), 4.0),
        ((0.3, None, None, None), 10.0),
        ((0.3, None, 3.0), 9.0),
        ((None, None), 10.0),
    ],
)
def test_it_gets_three_times_what_it_took_and_twice_as_much_after_each_failure(
    arrivals: tuple[float | None, ...], patience: float
) -> None:
    assert opened(Opening(10.0), *arrivals) == pytest.approx(patience)
