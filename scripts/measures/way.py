"""When each frame passes which point of its way through the daemon."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from visaged.mqtt.client import Publisher
from visaged.sources.mailbox import Mailbox
from visaged.sources.supervised import Labelled
from visaged.vision.judge import Judge
from visaged.vision.regressor import Regressor
from visaged.vision.tracker import Tracker

START: tuple[type, str] = (Mailbox, "take")
POINTS: dict[str, tuple[type, str]] = {
    "read from the camera's process": (Labelled, "next"),
    "in the pipeline's thread": START,
    "decoded, where the face is": (Judge, "part"),
    "cropped": (Regressor, "crop"),
    "through the network": (Regressor, "run"),
    "a face": (Tracker, "follow"),
    "smoothed, encoded and sent": (Publisher, "publish_frame"),
}
"""Each is passed when the call is over."""

LAST = "smoothed, encoded and sent"


class Way:
    """Seconds from the capture of a frame to each point; frames must not overtake each other."""

    def __init__(self) -> None:
        self._passed: dict[str, float] = {}
        self._taken = 0.0
        self._frames: list[dict[str, float]] = []

    def install(self) -> None:
        """Wrap every point."""
        for name, (kind, method) in POINTS.items():
            setattr(kind, method, self._noted(name, getattr(kind, method)))

    def begin(self) -> None:
        """What was before does not count."""
        self._frames.clear()

    def result(self) -> dict[str, float]:
        """Medians over the frames since."""
        return {name: statistics.median(frame[name] for frame in self._frames) for name in POINTS}

    def _noted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def noted(*args: Any, **options: Any) -> Any:
            given = call(*args, **options)
            self._passed[name] = time.monotonic()
            if POINTS[name] is START and given is not None:
                self._taken = given[0].mono
            if name == LAST and len(self._passed) == len(POINTS):
                self._frames.append({point: at - self._taken for point, at in self._passed.items()})
            return given

        return noted
