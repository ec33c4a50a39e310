"""Whenever it is killed, only whole snapshots are found afterwards."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.waiting import eventually
from visaged.snapshots import names
from visaged.snapshots.reader import condition, read, read_record, sidecars

KILLS = 150


def whole(folder: Path) -> int:
    """How many snapshots there are; each of them, with all its files, is as it was written."""
    found = sidecars(folder)
    for sidecar in found:
        for file in read_record(sidecar).files:
            assert condition(folder, file) == "intact", (sidecar, file.name)
    return len(found)


def leftovers(folder: Path) -> list[str]:
    """The files that belong to no snapshot."""
    marked = {sidecar.stem for sidecar in sidecars(folder)}
    parted = {path.name: names.split(path.name) for path in folder.iterdir()}
    return [name for name, split in parted.items() if split is None or split[0] not in marked]


def test_a_writer_that_is_killed_again_and_again_leaves_whole_snapshots_only(
    made_pack_dir: Path, tmp_path: Path
) -> None:
    folder, interrupted = tmp_path / "snapshots", 0
    command = [sys.executable, "-m", "made.killed_writer", folder, made_pack_dir]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": Path(__file__).parents[1]}
    with subprocess.Popen(command, **pipes) as writer:  # type: ignore[call-overload]  # a mix of types
        for _ in range(KILLS):
            print("go", file=writer.stdin, flush=True)
            assert writer.stdout.readline() == "killed\n"
            assert whole(folder) <= 4
            interrupted += bool(leftovers(folder))
        writer.stdin.close()
        assert writer.wait(10) == 0
    assert interrupted >= KILLS // 10, "the kills came at moments that prove nothing"


def test_a_daemon_that_is_killed_leaves_whole_ones_and_its_successor_tidies_up(
    broker: Any, listen: Any, daemon: Any, tmp_path: Path
) -> None:
    film = write_video(tmp_path / "film.avi", 50, [True] * 50)
    folder = tmp_path / "snapshots"
    keep = {"snapshot__enabled": "true", "snapshot__folder": folder, "snapshot__min_free_mb": 0}
    for _ in range(3):
        one = daemon(broker.port, "--source", str(film), "--loop", **keep, snapshot__interval_s=0.01)
        assert eventually(lambda: folder.exists() and len(sidecars(folder)) > 5), one.err
        one.end(signal.SIGKILL)
        assert whole(folder) > 5
    orphan = folder / "snapshot-00009999-20261122T184308.000Z-face1.ply"
    orphan.touch()
    last = daemon(broker.port, "--source", str(film), "--loop", **keep)
    assert eventually(lambda: not leftovers(folder)), last.err
    assert whole(folder) > 5 and not orphan.exists()


@pytest.mark.needs_shared
def test_a_real_face_becomes_a_snapshot_that_can_be_read(
    broker: Any, daemon: Any, shared: Path, shared_packs: Path, tmp_path: Path
) -> None:
    keep = {"snapshot__enabled": "true", "snapshot__folder": tmp_path / "s", "snapshot__focal_length_px": 1200}
    source = ("--source", str(shared / "samples/video/obama.mp4"), "--max-frames", "30")
    one = daemon(broker.port, *source, models=shared_packs, snapshot__on_appeared="true", **keep)
    assert one.wait() == 0, one.err
    (sidecar,) = sidecars(tmp_path / "s")
    found = read(sidecar)
    assert found.record.face.valid and found.record.trigger == "face_appeared"
    assert 0.5 < found.coverage < 0.95 and min(found.values.shape) > 150
    known = found.record.millimetres
    assert known is not None and 400 < known.reference_distance_mm < 1500
    # A head from the tip of the nose to the ears: about ten centimetres.
    assert 60 < (found.record.depth.maximum - found.record.depth.minimum) * known.mm_per_px < 180
