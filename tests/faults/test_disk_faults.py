"""Disks that are full or read-only while snapshots, the daemon's only state, are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from made.incident import Incident
from made.namespaces import Disk, small_disk
from made.waiting import eventually
from visaged.snapshots.reader import read, sidecars

pytestmark = pytest.mark.faults

KEEP = {"enabled": "true", "interval_s": 0.2, "min_free_mb": 0, "max_mb": 0.5}
RETRY_S = {False: 0.2, True: 60.0}
"""The longest pause between two tries, in a hurry and as it is shipped."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path, 1_000_000) as made:
        yield made


@pytest.fixture
def keeping(incident: Any, remembering_broker: Any, disk: Disk, thorough: bool) -> Any:
    """``keeping(name)``: an incident in which the daemon takes snapshots onto ``disk``."""
    keep = {**KEEP, "folder": disk.path, "retry_max_s": RETRY_S[thorough], "retry_min_s": 1 if thorough else 0.1}
    settings = {f"snapshot__{key}": value for key, value in keep.items()}

    def make(name: str) -> Incident:
        one: Incident = incident(name, remembering_broker, **settings)
        assert eventually(lambda: len(sidecars(disk.path)) > 2), one.one.err
        return one

    return make


def test_a_disk_that_is_full(keeping: Any, disk: Disk, record: Any, thorough: bool) -> None:
    one = keeping("Disk full for 5 s")
    one.begins(disk.fill)
    _shows(one, "the disk is full")
    one.sleeps(5)
    one.ends((disk.path / "filler").unlink)
    _is_over(one, disk, thorough)
    record(one.row(frames=one.lost_frames, events=one.lost_events, snapshots="of the time"))


def test_a_disk_that_turns_read_only(keeping: Any, disk: Disk, record: Any, thorough: bool) -> None:
    one = keeping("Disk read-only for 5 s")
    one.begins(lambda: disk.remount("ro"))
    _shows(one, "the file system is read-only")
    one.sleeps(5)
    one.ends(lambda: disk.remount("rw"))
    _is_over(one, disk, thorough)
    record(one.row(frames=one.lost_frames, events=one.lost_events, snapshots="of the time"))


def _shows(one: Incident, reason: str) -> None:
    one.shows_in_status("degraded", reason, 5)
    one.shows_in_event("snapshot_failed", 5)


def _is_over(one: Incident, disk: Disk, thorough: bool) -> None:
    one.is_online_again(RETRY_S[thorough] + 2)
    assert (one.lost_frames, one.lost_events) == (0, 0)
    for sidecar in sidecars(disk.path):
        read(sidecar)
