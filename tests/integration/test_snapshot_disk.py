"""Disks that are full, read-only, gone or slow, under the real daemon: a state, and no frame lost."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.publish as paho_publish
import pytest

from made.namespaces import Disk, small_disk
from made.pictures import write_video
from made.preloads import compiled
from made.waiting import PATIENCE, eventually
from visaged.mqtt.codec import decode
from visaged.snapshots.reader import read, sidecars

ROOT = "visaged/cam"
FPS = 50
SIZE = 1_000_000
QUICK = {
    "snapshot__enabled": "true",
    "snapshot__interval_s": 0.05,
    "snapshot__min_free_mb": 0,
    "snapshot__retry_min_s": 0.1,
    "snapshot__retry_max_s": 0.2,
}


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Disk]:
    """A file system of one megabyte in memory."""
    with small_disk(tmp_path, SIZE) as disk:
        yield disk


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a face."""
    return write_video(tmp_path_factory.mktemp("v") / "film.avi", FPS, [True] * 2 * FPS)


class Watched:
    """A daemon that writes snapshots into ``folder``, and a subscriber."""

    def __init__(self, listener: Any, one: Any, folder: Path, port: int) -> None:
        self.listener, self.one, self.folder, self.port = listener, one, folder, port

    @property
    def status(self) -> dict[str, Any]:
        states = self.listener.of(f"{ROOT}/status")
        return decode(states[-1]) if states else {"state": None, "reason": None}

    @property
    def poses(self) -> list[dict[str, Any]]:
        return [decode(payload) for payload in self.listener.of(f"{ROOT}/pose")]

    def ask(self) -> None:
        """Send the command ``snapshot``."""
        paho_publish.single(f"{ROOT}/command/snapshot", b"{}", qos=1, hostname="127.0.0.1", port=self.port)

    @property
    def answers(self) -> list[str | None]:
        """The error code of each answer, None where all was well."""
        told = [decode(payload) for payload in self.listener.of(f"{ROOT}/response/snapshot")]
        return [answer["error"]["code"] if not answer["ok"] else None for answer in told]

    def events(self, name: str) -> int:
        return sum(decode(payload)["event"] == name for payload in self.listener.of(f"{ROOT}/event"))

    def becomes(self, state: str, reason: str = "") -> bool:
        return eventually(lambda: self.status["state"] == state and reason in (self.status["reason"] or ""))

    def writes(self) -> bool:
        """Whether more snapshots come."""
        before = self.events("snapshot_saved")
        return eventually(lambda: self.events("snapshot_saved") >= before + 2)

    def keeps_up(self, seconds: float = 1.5) -> None:
        """Poses go on, and no more frames are skipped than a busy machine explains: a pipeline that waits for a disk
        gets a tenth of the film."""
        first = len(self.poses)
        time.sleep(seconds)
        came = self.poses[first:]
        assert len(came) >= 0.5 * FPS * seconds / PATIENCE, (len(came), self.one.err)
        assert sum(pose["skipped"] for pose in came) <= (1 - 0.5 / PATIENCE) * FPS * seconds

    def is_quiet(self) -> None:
        """The log and the status say things once, not for each snapshot."""
        assert len(self.one.warnings) <= 3, self.one.warnings
        assert len(self.listener.of(f"{ROOT}/status")) <= 10

    def is_whole(self) -> None:
        """Every snapshot can be read."""
        for sidecar in sidecars(self.folder):
            read(sidecar)


@pytest.fixture
def watched(broker: Any, listen: Any, daemon: Any, film: Path) -> Callable[..., Watched]:
    """``watched(folder, **settings)``: one that runs, and is online."""

    def start(folder: Path, **settings: Any) -> Watched:
        listener = listen(broker)
        given = QUICK | {"snapshot__folder": folder} | settings
        one = Watched(listener, daemon(broker.port, "--source", str(film), "--loop", **given), folder, broker.port)
        assert eventually(lambda: len(one.poses) > 5), one.one.err
        return one

    return start


def test_a_full_disk_is_a_state_until_there_is_room_again(watched: Any, mount: Disk) -> None:
    one = watched(mount.path, snapshot__max_mb=0.5)
    assert one.writes(), one.one.err
    filler = mount.fill()
    assert one.becomes("degraded", "the disk is full")
    one.keeps_up()
    one.is_quiet()
    assert one.events("snapshot_failed") >= 1
    filler.unlink()
    assert one.becomes("online")
    assert one.writes()
    one.is_whole()


def test_a_quota_as_large_as_the_disk_does_not_fill_it(watched: Any, mount: Disk) -> None:
    one = watched(mount.path, snapshot__max_mb=0.3, snapshot__rgb="true")
    assert eventually(lambda: one.events("snapshot_saved") > 60, 20), one.one.err
    assert sum(file.stat().st_size for file in mount.path.iterdir()) <= 350_000
    assert one.status["state"] == "online" and one.one.warnings == []
    one.is_whole()


def test_below_the_floor_nothing_is_written_and_nothing_is_removed(watched: Any, mount: Disk) -> None:
    one = watched(mount.path, snapshot__min_free_mb=0.5, snapshot__max_count=5)
    assert eventually(lambda: len(sidecars(mount.path)) == 5), one.one.err
    (mount.path / "other").write_bytes(bytes(700_000))
    assert one.becomes("degraded", "snapshot.min_free_mb) would stay free")
    kept = sidecars(mount.path)
    assert len(kept) == 5
    one.keeps_up(1.0)
    assert sidecars(mount.path) == kept
    one.is_quiet()
    (mount.path / "other").unlink()
    assert one.becomes("online")
    assert one.writes()


def test_a_disk_that_turns_read_only_is_a_state_until_it_is_writable_again(watched: Any, mount: Disk) -> None:
    one = watched(mount.path)
    assert one.writes(), one.one.err
    mount.remount("ro")
    assert one.becomes("degraded", "read-only")
    one.keeps_up()
    one.is_quiet()
    mount.remount("rw")
    assert one.becomes("online")
    assert one.writes()
    one.is_whole()


def test_a_folder_that_is_not_there_yet_is_a_state_until_it_is(watched: Any, tmp_path: Path) -> None:
    one = watched(tmp_path / "stick/snapshots")
    assert one.becomes("degraded", "the folder above it is not there")
    one.keeps_up(1.0)
    one.is_quiet()
    (tmp_path / "stick").mkdir()
    assert one.becomes("online")
    assert one.writes()
    (tmp_path / "stick").rename(tmp_path / "pulled")
    assert one.becomes("degraded", "is not there")


@pytest.fixture(scope="module")
def slow_fsync(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that makes fsync slow."""
    return compiled("slow_fsync", tmp_path_factory.mktemp("slow"))


def test_a_slow_disk_costs_snapshots_and_no_frames(
    watched: Any, tmp_path: Path, slow_fsync: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "slow"
    monkeypatch.setenv("LD_PRELOAD", str(slow_fsync))
    monkeypatch.setenv("SLOW_FSYNC", str(flag))
    one = watched(tmp_path / "snapshots", mqtt__health_interval_s=0.2)
    assert one.writes(), one.one.err
    flag.touch()
    assert one.becomes("degraded", "does not take them fast enough")
    one.keeps_up(2.0)
    one.is_quiet()
    health = decode(one.listener.of(f"{ROOT}/health")[-1])
    assert health["snapshots"]["dropped"] > 10
    flag.unlink()
    assert one.becomes("online")
    assert one.writes()
    one.is_whole()


def test_a_disk_that_hangs_does_not_hold_up_the_end(
    watched: Any, tmp_path: Path, slow_fsync: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_PRELOAD", str(slow_fsync))
    monkeypatch.setenv("SLOW_FSYNC", os.devnull)
    one = watched(tmp_path / "snapshots")
    time.sleep(0.3)
    assert one.one.end() < 2
    assert one.one.wait() == 0
    one.is_whole()


@pytest.fixture
def hanging(watched: Any, tmp_path: Path, slow_fsync: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Watched, Path]:
    """A daemon that takes snapshots by command only, with a disk that hangs until the file is removed."""
    flag = tmp_path / "hang"
    monkeypatch.setenv("LD_PRELOAD", str(slow_fsync))
    monkeypatch.setenv("HANGING_FSYNC", str(flag))
    one: Watched = watched(tmp_path / "snapshots", snapshot__interval_s=0)
    flag.touch()
    return one, flag


def test_a_command_is_answered_while_the_disk_hangs(hanging: tuple[Watched, Path]) -> None:
    one, flag = hanging
    one.ask()
    assert eventually(lambda: one.answers == ["disk_slow"]), one.answers
    assert one.becomes("degraded", "is too slow")
    one.keeps_up()
    flag.unlink()
    assert one.becomes("online")
    one.ask()
    assert eventually(lambda: one.answers == ["disk_slow", None]), one.answers
    one.is_whole()


def test_a_command_that_waits_at_the_end_is_answered(hanging: tuple[Watched, Path]) -> None:
    one, _ = hanging
    one.ask()
    time.sleep(0.5)
    assert one.answers == []
    assert one.one.end() < 2
    assert eventually(lambda: one.answers == ["stopping"]), one.answers
