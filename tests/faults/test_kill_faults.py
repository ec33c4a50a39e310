"""Power that is pulled: the daemon is killed again and again while it writes its state."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.waiting import eventually
from visaged.snapshots.reader import condition, read_record, sidecars

pytestmark = pytest.mark.faults

START_S = 20.0


@pytest.fixture
def writing(daemon: Callable[..., Any], broker: Any, tmp_path: Path) -> Callable[[], Any]:
    """``writing()``: another daemon that writes state all the time, into the folder of the one before."""
    film = write_video(tmp_path / "film.avi", 50, [True] * 50)
    keep = {"enabled": "true", "folder": tmp_path / "state", "interval_s": 0.02, "min_free_mb": 0, "max_count": 20}
    settings = {f"snapshot__{key}": value for key, value in keep.items()}
    return lambda: daemon(broker.port, "--source", str(film), "--loop", **settings)


@pytest.fixture
def saved(listen: Any, broker: Any) -> Callable[[], int]:
    """How many snapshots a subscriber knows of."""
    listener = listen(broker, "visaged/cam/event")
    return lambda: sum(b"snapshot_saved" in payload for payload in listener.of("visaged/cam/event"))


def test_sigkill_while_snapshots_are_written(
    writing: Any, saved: Any, record: Any, tmp_path: Path, thorough: bool
) -> None:
    kills, chance, starts = 100 if thorough else 5, random.Random(7), []
    for number in range(kills):
        began, before = time.monotonic(), saved()
        one = writing()
        assert eventually(lambda before=before: saved() > before, START_S), (number, one.err)
        starts.append(time.monotonic() - began)
        time.sleep(chance.uniform(0, 0.05))
        one.end(signal.SIGKILL)
        assert one.sentences == [], one.err
        _is_whole(tmp_path / "state")
    seen = ["status: offline (connection lost), then online"]
    row = {"fault": f"SIGKILL while state is written, {kills} times", "seen": seen, "noticed_s": None}
    recovered_s = round(sorted(starts)[len(starts) // 2], 2)
    record({**row, "recovered_s": recovered_s, "lost": {"frames": "those until the restart", "files": 0}})


def _is_whole(folder: Path) -> None:
    """Every snapshot that can be seen has all its files, as they were written."""
    found = sidecars(folder)
    assert found
    for sidecar in found:
        assert all(condition(folder, file) == "intact" for file in read_record(sidecar).files), sidecar
