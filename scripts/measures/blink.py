"""Blinks: how well the openness of the eyes tells them, by the area under the ROC curve of each video.

Beside each VIDEO lies VIDEO_ideal.csv with 1 for each frame of a blink and 0 for others. The eyes are the first face's
that the tracker gives, frame by frame; frames without a face do not count, but their share is told. ``network``: the
mean of what the network says of both eyes. ``network_seen``: of the eyes that it says it sees; where it sees none the
frame does not count. ``landmarks``: the mean eye aspect ratio.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from measures.formulas import area_under_curve, eye_aspect_ratios
from measures.subject import Signals, Subject
from visaged.sources.opener import open_source

SEEN = 0.5


class Openness(NamedTuple):
    """How far the eyes of one frame are open, by each way; NaN where it is not known."""

    network: float
    network_seen: float
    landmarks: float


NOTHING = Openness(np.nan, np.nan, np.nan)


def measure(subject: Subject, folder: Path) -> dict[str, Any]:
    """The figures of each video."""
    return {path.stem: _figures(*openness(subject, path)) for path in sorted(folder.glob("*.avi"))}


def openness(subject: Subject, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """How far the eyes are open, (frames, 3) as the fields of ``Openness``, and which frames are of a blink."""
    found = np.array(list(_frames(subject, path)))
    return found, np.loadtxt(path.with_name(f"{path.stem}_ideal.csv")).ravel()[: len(found)] > 0


def _frames(subject: Subject, path: Path) -> Iterator[Openness]:
    tracker = subject.vision.tracker()
    with open_source(str(path)) as source:
        for frame in iter(source.read, None):
            faces = tracker.update(frame.image)
            if not faces:
                yield NOTHING
                continue
            ratio = statistics.mean(eye_aspect_ratios(faces[0].landmarks))
            yield Openness(*_both_eyes(subject.signals(frame.image, faces[0].roi)), ratio)


def _both_eyes(signals: Signals | None) -> tuple[float, float]:
    if signals is None:
        return np.nan, np.nan
    eyes = (signals.eye_open_left, signals.eye_seen_left), (signals.eye_open_right, signals.eye_seen_right)
    seen = [opened for opened, sight in eyes if sight >= SEEN]
    return statistics.mean(opened for opened, _ in eyes), statistics.mean(seen) if seen else np.nan


def _figures(found: np.ndarray, blinking: np.ndarray) -> dict[str, Any]:
    result: dict[str, Any] = {"frames": len(found), "blinking": int(blinking.sum())}
    for name, values in zip(Openness._fields, found.T, strict=True):
        known = ~np.isnan(values)
        if known.any():
            area = area_under_curve(values[known & ~blinking], values[known & blinking])
            result[name] = {"auc": round(area, 4), "known": round(float(known.mean()), 4)}
    return result
