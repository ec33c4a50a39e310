"""Blinks: how well the openness of the eyes tells them, by the area under the ROC curve of each video.

Beside each VIDEO lies VIDEO_ideal.csv with 1 for each frame of a blink and 0 for others. The eyes are the first face's
that the tracker gives, frame by frame. ``published``: the mean of both eyes as the product publishes them, or of the
one that it knows. ``network``: the mean of what the network says of both, whether it sees them or not. ``landmarks``:
the mean eye aspect ratio. ``known``: the share of frames in which a way says something (``known_in_blinks``: of those
of a blink); the others do not count. ``roc``: the share of a blink's frames that are told at each of ``FALSE_RATES``.

The labels are a frame early: in the first frame of each labelled blink the eyes are open. So ``ceiling`` is what the
labels themselves reach one frame late, and ``a_frame_later`` is the AUC of a way against them.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from measures.formulas import area_under_curve, eye_aspect_ratios, roc, rounded
from measures.subject import Subject
from visaged.sources.opener import open_source

FALSE_RATES = (0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)


class Openness(NamedTuple):
    """How far the eyes of one frame are open, by each way; NaN where it is not known."""

    published: float
    network: float
    landmarks: float


NOTHING = Openness(np.nan, np.nan, np.nan)


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """The figures of each video."""
    return {path.stem: _figures(*openness(subject, path)) for path in sorted((data / "blink").glob("*.avi"))}


def openness(subject: Subject, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """How far the eyes are open, (frames, 3) as the fields of ``Openness``, and which frames are of a blink."""
    found = np.array(list(_frames(subject, path)))
    return found, np.loadtxt(path.with_name(f"{path.stem}_ideal.csv")).ravel()[: len(found)] > 0


def _frames(subject: Subject, path: Path) -> Iterator[Openness]:
    tracker = subject.vision.tracker()
    with open_source(str(path)) as source:
        for frame in iter(source.read, None):
            faces = tracker.update(frame.picture)
            if not faces:
                yield NOTHING
                continue
            signals = subject.signals(frame.image, faces[0].roi)
            yield Openness(
                _mean(eye for eye in faces[0].eye_open if eye is not None),
                _mean(signals.eye_open if signals else ()),
                _mean(eye_aspect_ratios(faces[0].landmarks)),
            )


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return statistics.mean(known) if known else np.nan


def _figures(found: np.ndarray, blinking: np.ndarray) -> dict[str, Any]:
    ways = dict(zip(Openness._fields, found.T, strict=True))
    told = {name: _told(values, blinking) for name, values in ways.items() if not np.isnan(values).all()}
    late = a_frame_later(blinking)
    ceiling = rounded(area_under_curve(late[blinking], late[~blinking]))
    return {"frames": len(found), "blinking": int(blinking.sum()), "ceiling": ceiling, **told}


def a_frame_later(blinking: np.ndarray) -> np.ndarray:
    """The labels (n,) as they would be had each blink begun and ended one frame later."""
    return np.concatenate([[False], blinking[:-1]])


def _told(values: np.ndarray, blinking: np.ndarray) -> dict[str, Any]:
    known, late = ~np.isnan(values), a_frame_later(blinking)
    shut, opened = -values[known & blinking], -values[known & ~blinking]
    return {
        "auc": rounded(area_under_curve(shut, opened)),
        "a_frame_later": rounded(area_under_curve(-values[known & late], -values[known & ~late])),
        "known": rounded(known.mean()),
        "known_in_blinks": rounded(known[blinking].mean()),
        "roc": [rounded(rate) for rate in roc(shut, opened, FALSE_RATES)] if len(shut) and len(opened) else None,
    }
