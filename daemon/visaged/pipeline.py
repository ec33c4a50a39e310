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


class Pipeline:
    """Runs until its mailbox is closed, ``max_frames`` are done or ``stop`` is called.

    ``boot_id`` names this run in every message. ``with_landmarks`` publishes them beside the pose, and which
    of them are hidden where ``occlusion`` can tell. ``smoother``: what
    smooths the faces, None where they are published as measured; ``clock`` tells it when a frame was taken, in seconds.
    ``with_raw`` publishes the pose before smoothing beside the smoothed one. ``observer`` sees each frame and its faces
    as measured, after they are published; it must return at once. ``progress`` hears of each round and each frame.
    ``restraint`` leaves frames out against heat; they count as skipped.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        tracker: Tracker,
        outlets: Outlets,
        times: StageTimes,
        *,
        boot_id: str,
        with_landmarks: bool,
        max_frames: int | None,
        occlusion: Occlusion | None = None,
        smoother: Smoother | None = None,
        clock: Callable[[Frame], float] = attrgetter("mono"),
        with_raw: bool = False,
        observer: Observer | None = None,
        progress: Progress | None = None,
        restraint: Restraint | None = None,
    ) -> None:
        self._mailbox = mailbox
        self._tracker = tracker
        self._outlets = outlets
        self._times = times
        self._boot_id = boot_id
        self._with_landmarks = with_landmarks
        self._max_frames = max_frames
        self._occlusion = occlusion
        self._smoother = smoother
        self._clock = clock
        self._with_raw = with_raw
        self._observer = observer
        self._progress = progress or Progress()
        self._restraint = restraint or Restraint()
        self._left_out = 0
        self._stopping = False
        self._known: set[int] = set()
        self.counts = Counts()

    def stop(self) -> None:
        """End after the frame in work."""
        self._stopping = True

    def run(self) -> str:
        """Process frames until there is a reason to end; gives the reason."""
        while not self._stopping:
            if self.counts.processed == self._max_frames:
                return f"all {self._max_frames} frames are processed"
            self._progress.round()
            taken = self._mailbox.take(TAKE_TIMEOUT_S)
            if taken is not None:
                self._consider(*taken)
            elif self._mailbox.finished:
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
        began = time.monotonic()
        raw = self._tracker.update(frame.image)
        faces = self._smoother.update(raw, self._clock(frame)) if self._smoother else raw
        fitted = time.monotonic()
        self._publish_frame(frame, faces, raw if self._with_raw else None, skipped)
        self._publish_changes(frame, faces)
        if self._observer is not None:
            self._observer(self._stamp(frame), frame, raw)
        done = time.monotonic()
        self._times.record("wait", began - frame.mono)
        self._times.record("vision", fitted - began)
        self._times.record("publish", done - fitted)
        self._times.record("total", done - frame.mono)
        self.counts.processed += 1
        self.counts.skipped += skipped
        self.counts.faces = sum(face.valid for face in faces)
        self.counts.with_face += self.counts.faces > 0
        self._progress.frame()

    def _publish_frame(self, frame: Frame, faces: Sequence[Face], raw: Sequence[Face] | None, skipped: int) -> None:
        out, stamp = self._outlets, self._stamp(frame)
        latency_ms = (time.monotonic() - frame.mono) * 1000
        out.frame(out.topics.pose, encode(payload.pose(stamp, latency_ms, skipped, faces, raw), out.encoding))
        if self._with_landmarks:
            hidden = [self._occlusion.hidden(face) for face in faces] if self._occlusion else None
            message = payload.landmarks(stamp, faces, out.encoding, hidden)
            out.frame(out.topics.landmarks, encode(message, out.encoding))

    def _publish_changes(self, frame: Frame, faces: Sequence[Face]) -> None:
        followed = {face.id for face in faces if face.id != NOT_TRACKED and face.reason != "tracking_lost"}
        for number in sorted(followed - self._known):
            self._event(frame, "face_appeared", {"id": number})
        for number in sorted(self._known - followed):
            self._event(frame, "face_lost", {"id": number})
        self._known = followed

    def _event(self, frame: Frame, name: str, details: Mapping[str, Any]) -> None:
        out = self._outlets
        out.event(out.topics.event, encode(payload.event(self._stamp(frame), name, details), out.encoding))

    def _stamp(self, frame: Frame) -> Stamp:
        return Stamp(self.counts.processed, self._boot_id, frame.utc, frame.mono)
