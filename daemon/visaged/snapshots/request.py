"""What the pipeline hands over, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from visaged.errors import SnapshotError
from visaged.mqtt.payload import Stamp
from visaged.snapshots.triggers import Trigger
from visaged.values import Face, Image


@dataclass(frozen=True, slots=True)
class Saved:
    """A snapshot that is on disk: the id of its face, why it was taken, its files, the sidecar first."""

    stamp: Stamp
    face: int
    trigger: Trigger
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: the snapshots that are on disk, and what went wrong, None where nothing did."""

    saved: tuple[Saved, ...] = ()
    error: SnapshotError | None = None


Reply = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Request:
    """The faces of one frame of ``width`` x ``height`` pixels that are to be kept, each with the reason.

    ``image`` only where colour is kept: a picture that waits holds megabytes. ``replies``: who wants to know.
    """

    stamp: Stamp
    width: int
    height: int
    image: Image | None
    shots: tuple[tuple[Face, Trigger], ...]
    replies: tuple[Reply, ...] = ()

    def answer(self, outcome: Outcome) -> None:
        """Tell everybody who asked."""
        for reply in self.replies:
            reply(outcome)
