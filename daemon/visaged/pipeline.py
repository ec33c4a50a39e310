"""The pipeline: takes the newest frame, finds its faces, publishes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from visaged.mqtt import payload
from visaged.mqtt.codec import Encoding, encode
from visaged.mqtt.payload import Stamp
from visaged.mqtt.topics import Topics
from visaged.progress import Progress
from visaged.render.occlusion import Occlusion
from visaged.restraint import Restraint
from visaged.sources.mailbox import Mailbox
from visaged.stages import StageTimes
from visaged.values import NOT_TRACKED, Face, Frame
from visaged.vision.smoothing import Smoother
from visaged.vision.tracker import Tracker

TAKE_TIMEOUT_S = 0.5
Publish = Callable[[str, bytes], object]
Observer = Callable[[Stamp, Frame, Sequence[Face]], None]


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where messages go: ``frame`` drops what it cannot deliver now, ``event`` keeps it for a while."""

    topics: Topics
    encoding: Encoding
    frame: Publish
    event: Publish


@dataclass(slots=True)
class Counts:
    """Running totals: frames processed, frames left out because a newer one was there, frames with a valid face.

    ``faces``: how many faces the last frame shows, the valid ones.
    """

    processed: int = 0
    skipped: int = 0
    with_face: int = 0
    faces: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """What a pipeline works with, and what may be exchanged between two frames.

    ``with_landmarks`` publishes them beside the pose, and which of them are hidden where ``occlusion`` can tell.
    ``smoother``: what smooths the faces, None where they are published as measured; ``clock`` tells it when a frame was
    taken, in seconds. ``with_raw`` publishes the pose before smoothing beside the smoothed one. ``observer`` sees each
    frame and its faces as measured, after they are published; it must return at once.
    """

    tracker: Tracker
    outlets: Outlets
    with_landmarks: bool = False
    occlusion: Occlusion | None = None
    smoother: Smoother | None = None
    clock: Callable[[Frame], float] = attrgetter("mono")
    with_raw: bool = False
    observer: Observer | None = None


class Pipeline:
    """Runs until its mailbox is closed, ``max_frames`` are done or ``stop`` is called.

    ``boot_id`` names this run in every message. ``progress`` hears of each round and each frame. ``restraint`` leaves
    frames out against heat; they count as skipped.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        parts: Parts,
        times: StageTimes,
        *,
        boot_id: str,
        max_frames: int | None,
        progress: Progress | None = None,
        restraint: Restraint | None = None,
    ) -> None:
        self._mailbox = mailbox
        self.parts = parts
        self._times = times
        self._boot_id = boot_id
        self._max_frames = max_frames
        self._progress = progress or Progress()
        self._restraint = restraint or Restraint()
        self._left_out = 0
        self._stopping = False
        self._known: set[int] = set()
        self.counts = Counts()

    def stop(self) -> None:
        """End after the frame in work."""
        self._stopping = True

    def adopt(self, parts: Parts, mailbox: Mailbox) -> None:
        """Any thread: go on with these from the next frame on. The mailbox before may be closed from then on."""
        self.parts = parts
        self._mailbox = mailbox

    def run(self) -> str:
        """Process frames until there is a reason to end; gives the reason."""
        while not self._stopping:
            if self.counts.processed == self._max_frames:
                return f"all {self._max_frames} frames are processed"
            self._progress.round()
            mailbox = self._mailbox
            taken = mailbox.take(TAKE_TIMEOUT_S)
            if taken is not None:
                self._consider(*taken)
            elif mailbox.finished and mailbox is self._mailbox:
                return "the source has ended"
        return "told to stop"

    def _consider(self, frame: Frame, skipped: int) -> None:
        """Process a frame, or leave it out."""
        began = time.monotonic()
        self._left_out += skipped
        if not self._restraint.admits(skipped, began):
            self._left_out += 1
            self._progress.waited()
            return
        skipped, self._left_out = self._left_out, 0
        self.process(frame, skipped)
        self._restraint.done(began, time.monotonic())

    def process(self, frame: Frame, skipped: int) -> None:
        """One frame from picture to published messages; ``skipped`` frames were left out before it."""
        began, parts = time.monotonic(), self.parts
        raw = parts.tracker.follow(frame.picture)
        faces = parts.smoother.update(raw, parts.clock(frame)) if parts.smoother else raw
        fitted = time.monotonic()
        self._publish_frame(parts, frame, faces, raw if parts.with_raw else None, skipped)
        self._publish_changes(parts.outlets, frame, faces)
        if parts.observer is not None:
            parts.observer(self._stamp(frame), frame, raw)
        done = time.monotonic()
        self._times.record("wait", began - frame.mono)
        self._times.record("vision", fitted - began)
        self._times.record("publish", done - fitted)
        self._times.record("total", done - frame.mono)
        self.counts.processed += 1
        self.counts.skipped += skipped
        self.counts.faces = sum(face.valid for face in faces)
        self.counts.with_face += self.counts.faces > 0
        parts.tracker.look_around(frame.picture)
        self._progress.frame()

    def _publish_frame(
        self, parts: Parts, frame: Frame, faces: Sequence[Face], raw: Sequence[Face] | None, skipped: int
    ) -> None:
        out, stamp = parts.outlets, self._stamp(frame)
        latency_ms = (time.monotonic() - frame.mono) * 1000
        out.frame(out.topics.pose, encode(payload.pose(stamp, latency_ms, skipped, faces, raw), out.encoding))
        if parts.with_landmarks:
            hidden = [parts.occlusion.hidden(face) for face in faces] if parts.occlusion else None
            message = payload.landmarks(stamp, faces, out.encoding, hidden)
            out.frame(out.topics.landmarks, encode(message, out.encoding))

    def _publish_changes(self, out: Outlets, frame: Frame, faces: Sequence[Face]) -> None:
        followed = {face.id for face in faces if face.id != NOT_TRACKED and face.reason != "tracking_lost"}
        for number in sorted(followed - self._known):
            self._event(out, frame, "face_appeared", {"id": number})
        for number in sorted(self._known - followed):
            self._event(out, frame, "face_lost", {"id": number})
        self._known = followed

    def _event(self, out: Outlets, frame: Frame, name: str, details: Mapping[str, Any]) -> None:
        out.event(out.topics.event, encode(payload.event(self._stamp(frame), name, details), out.encoding))

    def _stamp(self, frame: Frame) -> Stamp:
        return Stamp(self.counts.processed, self._boot_id, frame.utc, frame.mono)
