"""The product in front of the synthetic camera, whose truth is exact: pose, blinks, and who is there.

Frames of ``SEEDS``, one minute each, go through the tracker in turn. Pose and openings count where the whole face is
in the picture and the face that is found is valid: ``pose_mae`` is the mean absolute error of pitch, yaw and roll in
degrees. A *blink* is a stretch of frames in which the eyes are less than half open (mean of those that are known). Of
those in the truth while the whole face is in the picture ``recall`` is the share that is found, of those that are
found ``precision`` is the share that is true; they belong together where they overlap, give or take ``SLACK`` frames,
and ``late`` is the median of the frames between their beginnings. ``there``: the share of frames with the whole face
in which a valid face is found; ``nobody``: the share of frames with nothing of it in which one is found all the same.
``found_again``: frames from when the whole face is there until it is valid, the longest. Without the pack that is
drawn nothing is measured.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from measures.formulas import geodesic_degrees, mean_of_known, rounded
from measures.subject import Subject
from visaged.errors import ModelError
from visaged.synthetic.camera import SyntheticCamera, open_synthetic
from visaged.synthetic.script import MINUTE
from visaged.synthetic.truth import Truth
from visaged.values import Eyes, Face
from visaged.vision.tracker import Tracker

SEEDS = (1, 2, 3)
SHUT = 0.5
SLACK = 2

Span = tuple[int, int]
"""The first frame of a stretch, and the first after it."""


class Moment(NamedTuple):
    """One frame: its truth, and the valid face that was found in it."""

    truth: Truth
    face: Face | None

    @property
    def whole(self) -> bool:
        """Whether all of the face is in the picture."""
        return self.truth.inside >= 1


def measure(subject: Subject, _: Path) -> dict[str, Any]:
    """The figures of all minutes together."""
    try:
        cameras = [open_synthetic(seed, models_dir=subject.models_dir) for seed in SEEDS]
    except ModelError as exc:
        return {"not_measured": str(exc)}
    return figures([list(watched(subject.vision.tracker(), camera)) for camera in cameras])


def figures(runs: list[list[Moment]]) -> dict[str, Any]:
    """The figures of all ``runs`` together, each of them one person's moments without a gap."""
    moments = [moment for run in runs for moment in run]
    return {
        "frames": len(moments),
        "there": _share(moment.face is not None for moment in moments if moment.whole),
        "nobody": _share(moment.face is not None for moment in moments if moment.truth.inside == 0),
        "found_again": max((wait for run in runs for wait in _waits(run)), default=None),
        **_errors([(moment.truth, moment.face) for moment in moments if moment.whole and moment.face is not None]),
        "blinks": _blinks(runs),
    }


def watched(tracker: Tracker, camera: SyntheticCamera, seconds: float = MINUTE) -> Iterator[Moment]:
    """The next ``seconds`` of ``camera`` as ``tracker`` sees them."""
    for _ in range(round(seconds * camera.fps)):
        frame = camera.read()
        valid = [face for face in tracker.update(frame.picture) if face.valid]
        yield Moment(camera.truth(frame.index), valid[0] if valid else None)


def mean_opening(eyes: Eyes) -> float:
    """The mean of the eyes that are known; NaN, which is not less than anything, where neither is."""
    known = [eye for eye in eyes if eye is not None]
    return statistics.mean(known) if known else np.nan


def spans(happening: Iterable[bool]) -> list[Span]:
    """The stretches in which something happens."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.array(list(happening), bool), [False]]).astype(int)))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def overlapping(these: Iterable[Span], those: Iterable[Span]) -> int:
    """How many of ``these`` overlap with one of ``those``, give or take ``SLACK`` frames."""
    others = list(those)
    return sum(any(a < d + SLACK and c < b + SLACK for c, d in others) for a, b in these)


def _waits(run: list[Moment]) -> Iterator[int]:
    """For each time that the whole face is there: frames until it is found; all of them where it never is."""
    for begin, end in spans(moment.whole for moment in run):
        found = [moment.face is not None for moment in run[begin:end]]
        yield found.index(True) if any(found) else end - begin


def _errors(pairs: list[tuple[Truth, Face]]) -> dict[str, Any]:
    """Nothing where no face was found."""
    if not pairs:
        return {}
    angles = np.array([_angles(face) - _angles(truth) for truth, face in pairs])
    rotations = [np.array([one.pose.rotation for one in column]) for column in zip(*pairs, strict=True)]
    eyes = np.array([mean_opening(face.eye_open) - mean_opening(truth.eye_open) for truth, face in pairs])
    mouth = np.array([_number(face.mouth_open) - truth.mouth_open for truth, face in pairs])
    return {
        "pose_mae": rounded(np.abs(angles).mean(), 3),
        "pose_bias": dict(zip(("pitch", "yaw", "roll"), angles.mean(axis=0).round(3).tolist(), strict=True)),
        "geodesic": rounded(geodesic_degrees(*rotations).mean(), 3),
        "eye_open_mae": rounded(mean_of_known(np.abs(eyes)), 3),
        "mouth_open_mae": rounded(mean_of_known(np.abs(mouth)), 3),
    }


def _blinks(runs: list[list[Moment]]) -> dict[str, Any]:
    true = found = recalled = precise = 0
    late: list[int] = []
    for run in runs:
        shut = [mean_opening(moment.truth.eye_open) < SHUT for moment in run]
        visible = spans(moment.whole and now for moment, now in zip(run, shut, strict=True))
        seen = spans(moment.face is not None and mean_opening(moment.face.eye_open) < SHUT for moment in run)
        true, found = true + len(visible), found + len(seen)
        recalled, precise = recalled + overlapping(visible, seen), precise + overlapping(seen, spans(shut))
        late += _late(visible, seen)
    return {
        "true": true,
        "found": found,
        "recall": rounded(recalled / true) if true else None,
        "precision": rounded(precise / found) if found else None,
        "late": statistics.median(late) if late else None,
    }


def _late(true: list[Span], found: list[Span]) -> Iterator[int]:
    """For each of the true stretches that is found: frames from its beginning to the beginning of the nearest one."""
    for span in true:
        starts = [other[0] - span[0] for other in found if overlapping([span], [other])]
        if starts:
            yield min(starts, key=abs)


def _angles(one: Truth | Face) -> np.ndarray:
    return np.array((one.pose.pitch, one.pose.yaw, one.pose.roll))


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _share(these: Iterable[bool]) -> float | None:
    values = list(these)
    return rounded(sum(values) / len(values)) if values else None
