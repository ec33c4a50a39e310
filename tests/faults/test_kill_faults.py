"""Power that is pulled: the daemon is killed again and again while it writes its state."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.waiting import eventually
from visaged.snapshots.reader import condition, read_record, sidecars
from visaged.tuning import stored

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
    row = {"fault": f"SIGKILL while snapshots are written, {kills} times", "seen": seen, "noticed_s": None}
    recovered_s = round(sorted(starts)[len(starts) // 2], 2)
    record({**row, "recovered_s": recovered_s, "lost": {"frames": "until the restart", "files": 0}})


WRITER = """
import os, signal, sys
from visaged.tuning import stored
from visaged.tuning.stored import Chosen, Key, Measured, Tuning

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
measured = Measured(1.7e9, 30, 29.9, 41, 5, 9)
tunings = [Tuning(1, Key("Pi" * length, "1.23", "ab" * 32), Chosen(2, True, False), measured) for length in (1, 2000)]
for _ in sys.stdin:
    child = os.fork()
    while not child:
        stored.write(tunings[0])
        stored.write(tunings[1])
    print(child, flush=True)
"""
"""Starts one child after the other that replaces a short tuning by a long one for as long as it lives."""


def test_sigkill_while_the_tuning_is_written(
    record: Any, tmp_path: Path, thorough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    kills, chance = 100 if thorough else 20, random.Random(7)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", WRITER], **pipes) as writer:  # type: ignore[call-overload]  # a mix
        for _ in range(kills):
            print("go", file=writer.stdin, flush=True)
            child = int(writer.stdout.readline())
            assert eventually(stored.read)
            time.sleep(chance.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
            assert stored.read() is not None
        writer.stdin.close()
    row = {"fault": f"SIGKILL while `tuning.toml` is written, {kills} times", "seen": ["nothing"], "noticed_s": None}
    record({**row, "recovered_s": None, "lost": {"files": 0}})


def _is_whole(folder: Path) -> None:
    """Every snapshot that can be seen has all its files, as they were written."""
    found = sidecars(folder)
    assert found
    for sidecar in found:
        assert all(condition(folder, file) == "intact" for file in read_record(sidecar).files), sidecar
