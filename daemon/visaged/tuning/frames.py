"""Real frames to measure with: from the configured source, or drawn where it gives none."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import cv2
import numpy as np

from visaged.errors import SourceError
from visaged.sources.base import Source
from visaged.tuning.trial import Jpeg

COUNT = 60


def grab(open_source: Callable[[], Source], within_s: float) -> tuple[list[Jpeg], float | None]:
    """Up to ``COUNT`` frames as JPEG, and the rate that the source declares.

    Raises VisagedError where there are none, or ``within_s`` seconds were not enough. The source is read in a thread
    that is left behind where it hangs.
    """
    outcome: queue.SimpleQueue[tuple[list[Jpeg], float | None] | Exception] = queue.SimpleQueue()
    threading.Thread(target=_into, args=(outcome, open_source), daemon=True).start()
    try:
        got = outcome.get(timeout=within_s)
    except queue.Empty:
        raise SourceError(f"it gave no {COUNT} frames within {within_s:g} s") from None
    if isinstance(got, Exception):
        raise got
    return got


def _into(
    outcome: queue.SimpleQueue[tuple[list[Jpeg], float | None] | Exception], opener: Callable[[], Source]
) -> None:
    try:
        outcome.put(_read(opener))
    except Exception as exc:  # noqa: BLE001  the top of a thread: raised again by who waits for it
        outcome.put(exc)


def _read(open_source: Callable[[], Source]) -> tuple[list[Jpeg], float | None]:
    jpegs: list[Jpeg] = []
    with open_source() as source:
        while len(jpegs) < COUNT:
            frame = source.read()
            if frame is None:
                break
            jpegs.append(np.asarray(cv2.imencode(".jpg", frame.image)[1], dtype=np.uint8))
        if not jpegs:
            raise SourceError("it has no frames")
        return jpegs, source.fps
