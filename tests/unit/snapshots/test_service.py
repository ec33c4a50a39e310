"""The thread of the snapshots, on a real folder."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from made.pictures import picture
from made.snapshots import ROOMY, found_face, photographer
from made.waiting import eventually
from visaged.assembly import Vision
from visaged.backoff import Backoff
from visaged.mqtt.payload import Stamp
from visaged.snapshots import service as service_module
from visaged.snapshots.folder import StoreError
from visaged.snapshots.request import Outcome
from visaged.snapshots.service import Listeners, Snapshots
from visaged.snapshots.settings import TriggerSettings
from visaged.snapshots.store import Store
from visaged.snapshots.triggers import Triggers
from visaged.values import Face, Frame, Picture


class Disk(Store):
    """A store that fails with ``error`` while it has one, and waits for ``free`` before each snapshot."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, ROOMY, with_parents=True)
        self.error: StoreError | None = None
        self.free = threading.Event()
        self.free.set()

    def save(self, *arguments: Any) -> list[str]:
        assert self.free.wait(10)
        self._fail()
        return super().save(*arguments)

    def try_out(self, size: int) -> None:
        self._fail()
        super().try_out(size)

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


class Line:
    """A service that runs, and all that it has said."""

    def __init__(self, vision: Vision, folder: Path, **settings: Any) -> None:
        self.face = found_face(vision)
        self.disk = Disk(folder)
        self.saved: list[Any] = []
        self.failed: list[Any] = []
        self.troubles: list[str | None] = []
        self.outcomes: list[Outcome] = []
        listeners = Listeners(self.saved.append, lambda *failure: self.failed.append(failure), self.troubles.append)
        self.service = Snapshots(
            Triggers(TriggerSettings(**settings)),
            photographer(vision),
            self.disk,
            listeners,
            Backoff(0.05, 0.1, random.Random(1)),
            queue=2,
            keep_images=False,
        )
        self.threads = [threading.Thread(target=work) for work in (self.service.run, self.service.watch)]
        for thread in self.threads:
            thread.start()

    def frame(self, *faces: Face) -> None:
        """One processed frame, by default with the face."""
        shown = Frame(Picture(picture()), 0, time.time(), time.monotonic(), 0.0)
        self.service.observe(Stamp(1, "5f0c2a", time.time(), 1.0), shown, faces or (self.face,))

    def ask(self) -> None:
        self.service.ask(self.outcomes.append)

    def end(self) -> None:
        self.disk.free.set()
        self.service.stop()
        self.threads[0].join(10)
        self.service.dismiss()
        self.threads[1].join(10)
        assert not any(thread.is_alive() for thread in self.threads)

    @property
    def error(self) -> str | None:
        """The code of the last outcome."""
        error = self.outcomes[-1].error
        return None if error is None else error.code


@pytest.fixture
def line(made_vision: Vision, tmp_path: Path) -> Iterator[Callable[..., Line]]:
    """``line(on_appeared=True)``: a running service that is stopped at the end."""
    lines: list[Line] = []

    def make(**settings: Any) -> Line:
        lines.append(Line(made_vision, tmp_path / "snapshots", **settings))
        return lines[-1]

    yield make
    for one in lines:
        one.end()


EVERY = {"interval_s": 1e-9}


def test_a_trigger_ends_in_files_and_is_told(line: Callable[..., Line]) -> None:
    one = line(**EVERY)
    one.frame()
    assert eventually(lambda: one.saved)
    assert all((one.disk.path / file).is_file() for file in one.saved[0].files)
    assert (one.saved[0].trigger, one.saved[0].face, one.service.tally.saved) == ("interval", one.face.id, 1)
    assert one.troubles == []


def test_without_a_trigger_nothing_is_taken(line: Callable[..., Line]) -> None:
    one = line()
    for _ in range(5):
        one.frame()
    one.end()
    assert one.service.tally.saved == one.service.tally.dropped == 0


def test_a_command_takes_all_faces_of_the_next_frame_and_is_answered_then(line: Callable[..., Line]) -> None:
    one = line()
    one.ask()
    one.ask()
    assert not one.outcomes
    one.frame(one.face, one.face)
    assert eventually(lambda: len(one.outcomes) == 2)
    assert one.outcomes[0] == one.outcomes[1] and one.outcomes[0].error is None
    files = [file for saved in one.outcomes[0].saved for file in saved.files]
    assert len(files) == 4 and all((one.disk.path / file).is_file() for file in files)


def test_a_command_that_meets_nobody_is_told_so(line: Callable[..., Line]) -> None:
    one = line()
    one.ask()
    one.service.observe(Stamp(1, "a", 1.0, 1.0), Frame(Picture(picture()), 0, 1.0, 1.0, 0.0), [])
    assert one.error == "no_face"


def test_a_command_without_frames_is_told_so_after_a_while(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "COMMAND_S", 0.1)
    one = line()
    one.ask()
    assert eventually(lambda: one.outcomes) and one.error == "no_frame"


def test_a_command_is_answered_while_the_disk_hangs_and_not_again_when_it_is_back(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "SLOW_S", 0.1)
    one = line()
    one.disk.free.clear()
    one.ask()
    one.frame()
    assert eventually(lambda: one.outcomes) and one.error == "disk_slow"
    one.disk.free.set()
    assert eventually(lambda: one.saved)
    one.end()
    assert len(one.outcomes) == 1


def test_a_command_without_frames_is_told_so_while_the_disk_hangs(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "COMMAND_S", 0.1)
    one = line(on_appeared=True)
    one.disk.free.clear()
    one.frame()
    one.ask()
    assert eventually(lambda: one.outcomes) and one.error == "no_frame"


def test_who_waits_at_the_end_is_answered_whatever_the_disk_does(line: Callable[..., Line]) -> None:
    one = line()
    one.disk.free.clear()
    one.ask()
    one.frame()
    one.ask()
    one.service.stop()
    one.service.dismiss()
    one.ask()
    assert [outcome.error.code for outcome in one.outcomes if outcome.error] == ["stopping"] * 3
    one.end()
    assert len(one.outcomes) == 3


def test_a_flood_of_commands_is_turned_away(line: Callable[..., Line]) -> None:
    one = line()
    for _ in range(service_module.MAX_COMMANDS + 3):
        one.ask()
    assert [outcome.error.code for outcome in one.outcomes if outcome.error] == ["busy"] * 3


def test_when_the_disk_does_not_keep_up_the_newest_are_dropped_and_it_is_told_until_it_has(
    line: Callable[..., Line],
) -> None:
    one = line(**EVERY)
    one.disk.free.clear()
    began = time.monotonic()
    for _ in range(20):
        one.frame()
        time.sleep(0.005)
    assert time.monotonic() - began < 1
    assert one.service.tally.dropped >= 16
    assert len(one.troubles) == 1 and "does not take them fast enough" in str(one.troubles[0])
    one.ask()
    one.frame()
    assert one.error == "busy"
    one.disk.free.set()
    assert eventually(lambda: one.troubles[-1] is None)
    assert 2 <= one.service.tally.saved <= 4


def test_a_disk_that_hangs_is_noticed_from_outside(line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "SLOW_S", 0.1)
    one = line(on_appeared=True)
    one.disk.free.clear()
    one.frame()
    assert eventually(lambda: one.troubles) and "is too slow" in str(one.troubles[0])
    one.disk.free.set()
    assert eventually(lambda: one.troubles[-1] is None)


def test_a_disk_that_hangs_while_snapshots_are_dropped_is_told_once(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "SLOW_S", 0.1)
    one = line(**EVERY)
    one.disk.free.clear()
    for _ in range(60):
        one.frame()
        time.sleep(0.005)
    assert len(one.troubles) == 1


def test_a_disk_in_trouble_is_told_once_tried_again_and_forgotten(line: Callable[..., Line]) -> None:
    one = line(**EVERY)
    one.disk.error = StoreError("disk_full", "the disk is full")
    one.frame()
    assert eventually(lambda: one.troubles == ["the disk is full"])
    for _ in range(10):
        one.frame()
        time.sleep(0.02)
    tally = one.service.tally
    assert one.troubles == ["the disk is full"]
    assert len(one.failed) == tally.failed == 1 and tally.dropped == 10
    one.ask()
    one.frame()
    assert one.error == "disk_full"
    one.disk.error = None
    assert eventually(lambda: one.troubles[-1] is None)
    one.frame()
    assert eventually(lambda: one.saved)


def test_a_trouble_that_changes_is_told_again(line: Callable[..., Line]) -> None:
    one = line(**EVERY)
    one.disk.error = StoreError("disk_full", "the disk is full")
    one.frame()
    assert eventually(lambda: one.troubles)
    one.disk.error = StoreError("read_only", "read-only")
    assert eventually(lambda: one.troubles[-1] == "read-only")


def test_a_face_that_cannot_be_taken_is_no_trouble_and_spares_the_others(line: Callable[..., Line]) -> None:
    one = line()
    away = Face(
        **{name: getattr(one.face, name) for name in Face.__struct_fields__} | {"roi": (9e3, 9e3, 9.1e3, 9.1e3)}
    )
    one.ask()
    one.frame(away, one.face)
    assert eventually(lambda: one.outcomes)
    assert one.error == "no_surface" and len(one.outcomes[0].saved) == 1
    assert one.troubles == [] and one.service.tally.failed == 1


def test_what_waits_at_the_end_is_written(line: Callable[..., Line]) -> None:
    one = line(**EVERY)
    one.disk.free.clear()
    for _ in range(3):
        one.frame()
        time.sleep(0.05)
    one.end()
    assert one.service.tally.saved == 3
