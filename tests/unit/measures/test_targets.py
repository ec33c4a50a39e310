"""What the open pack must reach, looked up in what was measured."""

from __future__ import annotations

from typing import Any

import pytest

from measures.targets import TARGETS, Target, table, value_of

PRESENCE = next(target for target in TARGETS if target.path[0] == "presence")


def _measured(**measures: Any) -> dict[str, Any]:
    return {"pack": "open", "has_signals": True, **measures}


def test_a_figure_as_good_as_the_limit_meets_it() -> None:
    error, share = Target("error", ("a",), 5, 3), Target("share", ("a",), 0.9, 1, higher_is_better=True)
    assert [error.met(value, error.must) for value in (4.9, 5.0, 5.1)] == [True, True, False]
    assert [share.met(value, share.must) for value in (0.91, 0.9, 0.89)] == [True, True, False]


def test_every_aim_is_at_least_as_hard_as_what_must_be() -> None:
    assert [target.what for target in TARGETS if not target.met(target.aim, target.must)] == []


def test_a_table_has_a_line_for_each_target_that_was_measured() -> None:
    (line,) = table(_measured(speed={"regressor": 1.01, "detector_640x480": 7.0}))
    assert (line["value"], line["meets_must"], line["meets_aim"]) == (1.01, True, False)


def test_what_is_null_was_not_measured() -> None:
    assert table(_measured(speed={"regressor": None})) == []


@pytest.mark.parametrize(("has_signals", "expected"), [(True, 0.9), (False, 0.5)])
def test_a_pack_without_signals_is_judged_by_what_stands_in_for_them(has_signals: bool, expected: float) -> None:
    found = {"network": {"auc": 0.9}, "confidence": {"auc": 0.5}}
    assert value_of({"has_signals": has_signals, "presence": found}, PRESENCE) == expected
