"""Runs the pipeline as the daemon does, on frames that come at a camera's pace, and measures what that takes."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from visaged.assembly import Vision
from visaged.mqtt.topics import Topics
from visaged.pipeline import Outlets, Parts, Pipeline
from visaged.sources.jpeg import JpegPicture
from visaged.sources.mailbox import Mailbox
from visaged.stages import StageTimes
from visaged.tuning.candidates import Result
from visaged.values import Frame

WARM_UP = 0.15
"""The share of a trial's time before it is measured."""

Jpeg = NDArray[np.uint8]


class Trial:
    """``vision`` on the pictures ``jpegs``, forth and back again and again, ``fps`` of them in a second."""

    def __init__(self, vision: Vision, jpegs: Sequence[Jpeg], fps: float) -> None:
        self._vision = vision
        self._pictures = itertools.cycle([*jpegs, *jpegs[-2:0:-1]])
        self._fps = fps
        self._stopping = threading.Event()
        self._mailbox = Mailbox()
        self._times = StageTimes()
        outlets = Outlets(Topics("visaged", "tune"), "json", _nowhere, _nowhere)
        self._pipeline = Pipeline(
            self._mailbox,
            Parts(vision.tracker(), outlets, smoother=vision.live_smoother()),
            self._times,
            boot_id="tune",
            max_frames=None,
        )

    def run(self, seconds: float, *, overlap: bool) -> Result:
        """Run for so many seconds, of which the first count for nothing; ``overlap``: see ``Result``.

        Raises what a part has died of.
        """
        with ThreadPoolExecutor() as pool:
            parts = [pool.submit(part) for part in self._parts(overlap)]
            try:
                time.sleep(WARM_UP * seconds)
                result = self._measured((1 - WARM_UP) * seconds, overlap)
            finally:
                self._stopping.set()
                self._pipeline.stop()
                self._mailbox.close()
        for part in parts:
            part.result()
        return result

    def _parts(self, overlap: bool) -> tuple[Callable[[], object], ...]:
        return (self._feed, self._pipeline.run) if overlap else (self._alternate,)

    def _measured(self, seconds: float, overlap: bool) -> Result:
        self._times.forget()
        began, cpu, frames = self._now()
        time.sleep(seconds)
        ended, cpu_then, frames_then = self._now()
        p50, p95, _ = self._times.percentiles().get("total", (0.0, 0.0, 0.0))
        return Result(
            execution=self._vision.execution,
            overlap=overlap,
            fps=(frames_then - frames) / (ended - began),
            cpu_percent=100 * (cpu_then - cpu) / (ended - began),
            latency_p50_ms=p50,
            latency_p95_ms=p95,
        )

    def _now(self) -> tuple[float, float, int]:
        """Monotonic seconds, CPU seconds of this process, frames processed."""
        return time.monotonic(), time.process_time(), self._pipeline.counts.processed

    def _feed(self) -> None:
        for frame in self._frames():
            self._mailbox.put(frame)

    def _alternate(self) -> None:
        for frame in self._frames():
            self._pipeline.process(frame, 0)

    def _frames(self) -> Iterator[Frame]:
        """When they are due; those that were due meanwhile are left out, as a camera does."""
        began = time.monotonic()
        index = 0
        while not self._stopping.wait(max(0.0, began + index / self._fps - time.monotonic())):
            taken = time.monotonic()
            yield Frame(JpegPicture(next(self._pictures).data), index, time.time(), taken, index / self._fps)
            index = max(index + 1, int((time.monotonic() - began) * self._fps))


def _nowhere(_topic: str, _message: bytes) -> None:
    """There is no broker in a trial."""
