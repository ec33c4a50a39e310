"""A wall clock that is set while the daemon runs: boards without a battery do that when they find a network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from made.incident import Incident
from made.preloads import compiled
from made.waiting import eventually

pytestmark = pytest.mark.faults

DAY_S = 86400


@pytest.fixture
def set_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], object]:
    """``set_clock(seconds)``: the wall clock of daemons that are started from now on is off by so much."""
    shift = tmp_path / "shift"
    monkeypatch.setenv("LD_PRELOAD", str(compiled("shifted_clock", tmp_path)))
    monkeypatch.setenv("SHIFTED_CLOCK", str(shift))
    return lambda seconds: shift.write_text(str(seconds))


@pytest.fixture
def keeping(incident: Any, remembering_broker: Any, set_clock: Any, tmp_path: Path) -> Callable[[str], Incident]:
    """``keeping(name)``: an incident in which the daemon takes snapshots."""
    keep = {"enabled": "true", "interval_s": 0.5, "min_free_mb": 0, "folder": tmp_path / "snapshots"}
    settings = {f"snapshot__{key}": value for key, value in keep.items()}
    return lambda name: incident(name, remembering_broker, **settings)


@pytest.mark.parametrize(("offset", "way"), [(DAY_S, "forward"), (-DAY_S, "back")])
def test_a_clock_that_is_set_a_day_off(set_clock: Any, keeping: Any, record: Any, offset: int, way: str) -> None:
    one = keeping(f"Clock set a day {way}")
    one.begins(lambda: set_clock(offset))
    assert eventually(lambda: _jumps(one) == [offset])
    one.shows("`utc` follows the clock at once, `mono` goes on")
    one.ends(lambda: None)
    one.recovers(2)
    saved = one.events("snapshot_saved")
    assert eventually(lambda: one.events("snapshot_saved") > saved + 1), "intervals follow the wall clock"
    assert one.one.warnings == [] and (one.lost_frames, one.lost_events) == (0, 0)
    assert all(0 <= pose["latency_ms"] < 5000 for pose in one.poses)
    record(one.row())


def _jumps(one: Incident) -> list[int]:
    """By how many seconds the wall clock has gone ahead of the monotonic one, from pose to pose."""
    differences = [pose["utc"] - pose["mono"] for pose in one.poses]
    steps = [round(b - a) for a, b in pairwise(differences)]
    return [step for step in steps if step]
