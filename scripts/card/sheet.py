"""A sheet of synthetic pictures: what the product sees of them, as it comes and where it is worst."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from measures.closed_loop import Moment, mean_opening, watched
from measures.formulas import geodesic_degrees
from visaged.assembly import Vision
from visaged.draw.landmarks import put_landmarks
from visaged.synthetic.camera import SyntheticCamera
from visaged.values import Image

COLUMNS = 5
TILE = (320, 240)
CAPTION = 40
APART = 25
"""Frames of one minute that are shown are at least so far from each other."""


@dataclass(frozen=True)
class Scene:
    """One frame of a camera, and what was found in it."""

    camera: SyntheticCamera
    moment: Moment


def sheet(vision: Vision, cameras: Sequence[SyntheticCamera]) -> Image:
    """Two rows of frames as they come, a row of the worst poses, a row of the worst openings of eyes."""
    scenes = [Scene(camera, m) for camera in cameras for m in watched(vision.tracker(), camera) if m.whole]
    usual = [scenes[round(at)] for at in np.linspace(0, len(scenes) - 1, 2 * COLUMNS)]
    rows = [usual[:COLUMNS], usual[COLUMNS:], _worst(scenes, _turned), _worst(scenes, _eyes_off)]
    return np.vstack([np.hstack([_tile(scene) for scene in row]) for row in rows])


def _worst(scenes: Sequence[Scene], error: Callable[[Moment], float]) -> list[Scene]:
    chosen: list[Scene] = []
    for scene in sorted(scenes, key=lambda scene: -error(scene.moment)):
        if len(chosen) < COLUMNS and all(_are_apart(scene, other) for other in chosen):
            chosen.append(scene)
    return chosen


def _are_apart(one: Scene, other: Scene) -> bool:
    return one.camera is not other.camera or abs(one.moment.truth.index - other.moment.truth.index) >= APART


def _turned(moment: Moment) -> float:
    """By how many degrees the pose is off; all of a turn where no face was found."""
    if moment.face is None:
        return 180.0
    rotations = moment.face.pose.rotation[None], moment.truth.pose.rotation[None]
    return float(geodesic_degrees(*rotations)[0])


def _eyes_off(moment: Moment) -> float:
    """0 where nothing is said of the eyes."""
    if moment.face is None:
        return 0.0
    return float(np.nan_to_num(abs(mean_opening(moment.face.eye_open) - mean_opening(moment.truth.eye_open))))


def _tile(scene: Scene) -> Image:
    """The picture with what was found, and in words how far that is off."""
    face, truth = scene.moment.face, scene.moment.truth
    picture = scene.camera.picture(truth.index)
    words = ["not found", ""]
    if face is not None:
        put_landmarks(picture, face)
        eyes, true_eyes = mean_opening(face.eye_open), mean_opening(truth.eye_open)
        words = [f"pose off by {_turned(scene.moment):.1f} degrees", f"eyes open {eyes:.2f}, truly {true_eyes:.2f}"]
    tile = np.full((TILE[1] + CAPTION, TILE[0], 3), 255, np.uint8)
    tile[: TILE[1]] = cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA)
    for line, text in enumerate(words):
        place = (6, TILE[1] + 16 + 17 * line)
        cv2.putText(tile, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (40, 40, 40), 1, cv2.LINE_AA)
    return tile
