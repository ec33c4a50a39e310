"""What smoothing is worth and what it costs, as one JSON object.

*Jitter*: the root mean square of the second difference of what is published, over stretches of frames in which a face
is tracked and valid: of the 68 landmarks (x and y, pixels) and of the rotation (the turn from one frame to the next,
degrees). It holds the true motion of the head, too. ``raw`` is without smoothing, ``oneeuro`` the live filter as
configured, ``ahead_N`` the mean over N frames on either side; ``ratio`` is jitter over that of ``raw``.

*Lag*: a face of the first video turns by 30, 10 and 5 degrees (yaw) and moves by a half, a sixth and a twelfth of its
size to the side, within 1 (a jump), 5 and 10 frames, speeding up and slowing down like half a cosine, at 25 and 30
frames a second, without noise. Progress is how much of the way is gone, of the angle or of the landmarks' way.
``half``: frames from the moment that the raw progress passes 50 % (between two frames: interpolated) to the moment that
the smoothed one does. ``mean``: the sum of raw less smoothed progress, which is the mean delay in frames, with the slow
arrival at the end.

*Blinks* (with --blinks): the area under the ROC curve of how far the eyes are open (the eye aspect ratio of Soukupova
and Cech, CVWW 2016, mean of both eyes of the first face) against the label of each frame: 1 where every look at a
blink has the eyes less open than any other look, 0.5 where smoothing has left nothing of them.

*Cost*: microseconds a frame with one face, medians.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.sources.opener import open_source
from visaged.values import Face
from visaged.vision import face_state
from visaged.vision.face_state import FaceState
from visaged.vision.look_ahead import look_ahead
from visaged.vision.rotations import difference, turned
from visaged.vision.smoothing import from_state, is_steady, size_of

Clip = list[tuple[float, list[Face]]]
"""For each frame when it was taken, in seconds, and its faces."""

MAX_FRAMES = 300
TURNS = (1, 5, 10)
RATES = (25, 30)
BEFORE, AFTER = 10, 60
ROUNDS = 40
EYES = (36, 42)
"""The first of the six landmarks around each eye."""


class Step(NamedTuple):
    """A turn (yaw), and a move to the side in face sizes."""

    degrees: float
    sizes: float


STEPS = (Step(30, 1 / 2), Step(10, 1 / 6), Step(5, 1 / 12))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", nargs="+", type=Path)
    parser.add_argument("--ahead", nargs="*", type=int, default=[1, 2, 3, 5], metavar="N")
    parser.add_argument(
        "--blinks", nargs="*", type=Path, default=[], metavar="VIDEO", help="VIDEO beside VIDEO_ideal.csv"
    )
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    args = parser.parse_args()
    vision = open_vision(load(None, [*args.sets, "inference.threads=1"]).config)
    clips = {path.name: _tracked(vision, path) for path in args.videos}
    ways = {"oneeuro": lambda clip: _live(vision, clip)}
    ways |= {f"ahead_{n}": lambda clip, n=n: list(look_ahead(clip, n, vision.face_model)) for n in args.ahead}
    face = next(face for clip in clips.values() for _, faces in clip for face in faces if is_steady(face))
    result = {
        "settings": {name: getattr(vision.smooth, name) for name in vision.smooth.__struct_fields__},
        "jitter": {name: _jitters(clip, ways) for name, clip in clips.items()},
        "lag": {f"{step.degrees}_degrees": _step_lags(vision, face, step) for step in STEPS},
        "blinks": {path.name: _blinks(vision, path, ways) for path in args.blinks},
        "cost_us": {mode: _cost(mode, args.sets, next(iter(clips.values()))) for mode in ("pose", "all")},
    }
    print(json.dumps(result))


def _tracked(vision: Vision, path: Path, most: int | None = MAX_FRAMES) -> Clip:
    tracker = vision.tracker()
    with open_source(str(path)) as source:
        return [(frame.t, tracker.update(frame.picture)) for frame in islice(iter(source.read, None), most)]


def _live(vision: Vision, clip: Clip) -> Clip:
    smoother = vision.smoother()
    return [(t, smoother.update(faces, t)) for t, faces in clip]


def _jitters(clip: Clip, ways: dict[str, Callable[[Clip], Clip]]) -> dict[str, Any]:
    raw = _jitter(clip)
    result = {"frames": len(clip), "raw": raw}
    for name, way in ways.items():
        found = _jitter(way(clip))
        result[name] = {**found, "ratio": {key: round(found[key] / raw[key], 3) for key in raw}}
    return result


def _jitter(clip: Clip) -> dict[str, float]:
    points, turns = [], []
    for stretch in _stretches(clip):
        landmarks = np.array([face.landmarks[:, :2] for face in stretch], np.float64)
        points.append(np.square(np.diff(landmarks, 2, axis=0)).sum(axis=2).ravel())
        steps = [difference(a.pose.quaternion, b.pose.quaternion) for a, b in pairwise(stretch)]
        turns.append(np.square(np.diff(np.degrees(steps), axis=0)).sum(axis=1))
    return {"landmarks_px": _root_mean(points), "rotation_deg": _root_mean(turns)}


def _root_mean(squares: Sequence[np.ndarray]) -> float:
    return round(float(np.sqrt(np.mean(np.concatenate(squares)))), 4)


def _stretches(clip: Clip) -> Iterator[list[Face]]:
    """The looks at each face, frame after frame, as long as it is there and valid."""
    open_stretches: dict[int, list[Face]] = {}
    for _, faces in [*clip, (math.nan, [])]:
        steady = {face.id: face for face in faces if is_steady(face)}
        for number in [number for number in open_stretches if number not in steady]:
            stretch = open_stretches.pop(number)
            if len(stretch) > 2:
                yield stretch
        for number, face in steady.items():
            open_stretches.setdefault(number, []).append(face)


def _step_lags(vision: Vision, face: Face, step: Step) -> dict[str, Any]:
    return {f"{turn}_frames_at_{fps}": _lags(vision, face, step, turn, fps) for fps in RATES for turn in TURNS}


def _lags(vision: Vision, face: Face, step: Step, turn: int, fps: int) -> dict[str, Any]:
    way = (1 - np.cos(np.pi * np.clip(np.arange(-BEFORE, AFTER) / turn, 0, 1))) / 2
    clip = [(index / fps, [_moved(vision, face, step, share)]) for index, share in enumerate(way)]
    smoothed = _live(vision, clip)
    return {
        name: _lag(progress(faces for _, (faces,) in clip), progress(faces for _, (faces,) in smoothed))
        for name, progress in (("pose", _turned_share), ("landmarks", _moved_share))
    }


def _moved(vision: Vision, face: Face, step: Step, share: float) -> Face:
    """The face after a share of the way."""
    rest = face_state.state_of(face, vision.face_model.size).rest.copy()
    rest[9] += share * step.sizes * size_of(face)
    rotation = turned((1.0, 0.0, 0.0, 0.0), (0.0, math.radians(step.degrees * (share - 0.5)), 0.0))
    return from_state(face, FaceState(rotation, rest), vision.face_model)


def _turned_share(faces: Iterable[Face]) -> np.ndarray:
    quaternions = [face.pose.quaternion for face in faces]
    angles = np.array([math.hypot(*difference(quaternions[0], q)) for q in quaternions])
    shares: np.ndarray = angles / angles[-1]
    return shares


def _moved_share(faces: Iterable[Face]) -> np.ndarray:
    points = np.array([face.landmarks[:, :2].ravel() for face in faces], np.float64)
    way = points[-1] - points[0]
    shares: np.ndarray = (points - points[0]) @ way / (way @ way)
    return shares


def _lag(raw: np.ndarray, smoothed: np.ndarray) -> dict[str, float]:
    half = _crossing(smoothed) - _crossing(raw)
    return {"half": round(half, 3), "mean": round(float((raw - smoothed).sum()), 3)}


def _crossing(progress: np.ndarray) -> float:
    """The frame, with its fraction, at which half of the way is gone."""
    after = int(np.argmax(progress >= 0.5))
    before = progress[after - 1]
    return after - float((progress[after] - 0.5) / (progress[after] - before))


def _blinks(vision: Vision, path: Path, ways: dict[str, Callable[[Clip], Clip]]) -> dict[str, float]:
    """The area under the curve, by way; looks without a face do not count."""
    clip = _tracked(vision, path, None)
    blinking = np.loadtxt(path.with_name(f"{path.stem}_ideal.csv")).ravel() > 0
    seen = np.array([bool(faces) for _, faces in clip])
    found = {}
    for name, way in {"raw": list, **ways}.items():
        openness = np.array([_openness(faces[0]) for _, faces in way(clip) if faces])
        found[name] = _area_under_curve(openness, blinking[: len(clip)][seen])
    return found


def _openness(face: Face) -> float:
    """The eye aspect ratio: the height of an eye over its width."""
    ratios = []
    for first in EYES:
        outer, upper, upper2, inner, lower2, lower = face.landmarks[first : first + 6, :2]
        heights = np.linalg.norm(upper - lower) + np.linalg.norm(upper2 - lower2)
        ratios.append(float(heights / (2 * np.linalg.norm(outer - inner))))
    return statistics.mean(ratios)


def _area_under_curve(openness: np.ndarray, blinking: np.ndarray) -> float:
    """Of all pairs of a look at a blink and another look, the share in which the first has the eyes less open."""
    difference = openness[~blinking][:, None] - openness[blinking]
    return round(float(np.mean(np.heaviside(difference, 0.5))), 3)


def _cost(mode: str, sets: Sequence[str], clip: Clip) -> float:
    vision = open_vision(load(None, [*sets, f"smooth.mode={mode}"]).config)
    smoother = vision.live_smoother()
    assert smoother is not None
    samples = []
    for round_number in range(ROUNDS):
        for index, (_, faces) in enumerate(clip):
            began = time.perf_counter()
            smoother.update(faces, (round_number * len(clip) + index) / 25)
            samples.append(time.perf_counter() - began)
    return round(statistics.median(samples) * 1e6, 1)


if __name__ == "__main__":
    main()
