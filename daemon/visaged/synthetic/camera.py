"""A camera with a person in front of it, both made up: the same for the same seed, and everything is known of them."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from visaged import models
from visaged.models.manifest import Role
from visaged.mqtt import axes
from visaged.sources.base import USUAL_FPS, Closing, Format
from visaged.synthetic.background import background
from visaged.synthetic.light import Light
from visaged.synthetic.person import random_person
from visaged.synthetic.placing import camera, in_region
from visaged.synthetic.script import MINUTE, USUAL, Minute, Moment
from visaged.synthetic.studio import Studio, open_studio
from visaged.synthetic.truth import Truth
from visaged.values import Box, Frame, Image, Picture
from visaged.vision.boxes import fraction_inside
from visaged.vision.face_model import POSE, FaceModel, Fit, open_face_model
from visaged.vision.openness import turned_away
from visaged.vision.roi import roi_around

PACK = "open"
"""Whose face model is drawn, whatever pack looks at it."""

WIDTH, HEIGHT = 640, 480

HEAD = 0.4
"""The height of a face of the usual size, in heights of the picture."""

NECK = (0.5, 0.6)
"""Where the joint of the neck usually is, in widths and heights of the picture."""

NOISE, NOISE_ROOM = 3.0, 64
"""Grey levels; pixels by which the pattern is moved about."""


class SyntheticCamera(Closing):
    """Frames of the person ``seed`` by their script; it never ends.

    ``form``: the size of its frames, and their rate. A frame depends on seed, form and its index only.
    """

    live = False
    frame_count = None

    def __init__(self, studio: Studio, face_model: FaceModel, seed: int, form: Format) -> None:
        self.name = f"synthetic:{seed}"
        self.fps = form.fps or USUAL_FPS
        self._studio, self._face_model, self._seed = studio, face_model, seed
        self._width, self._height = form.width, form.height
        random = np.random.default_rng(seed)
        self._sitter = studio.sitter(random_person(random, studio.model.shape_std, studio.model.textures))
        self._room = background(random, self._width, self._height)
        size = (self._height + NOISE_ROOM, self._width + NOISE_ROOM, 3)
        self._noise = (random.normal(0, NOISE, size) + 5 * NOISE).clip(0, 255).astype(np.uint8)
        self._level = np.full((self._height, self._width, 3), 5 * NOISE, np.uint8)
        self._minute = lru_cache(2)(lambda number: Minute(seed, number))
        self._next = 0

    def read(self) -> Frame:
        """The next frame; ``t`` is its index over ``fps``, ``utc`` and ``mono`` when it was drawn."""
        index = self._next
        self._next += 1
        return Frame(Picture(self.picture(index)), index, time.time(), time.monotonic(), index / self.fps)

    def close(self) -> None:
        """There is nothing to release."""

    def picture(self, index: int) -> Image:
        """Frame ``index``."""
        moment = self._moment(index)
        roi, fit = self._fit(moment)
        image = _lit(self._room, moment.light)
        self._studio.draw(image, self._sitter, fit.params, roi, moment.light)
        return self._developed(image, index)

    def truth(self, index: int) -> Truth:
        """What frame ``index`` shows."""
        moment = self._moment(index)
        roi, fit = self._fit(moment)
        left_away, right_away = turned_away(fit.pose)
        return Truth(
            index=index,
            t=index / self.fps,
            inside=fraction_inside(fit.box, self._width, self._height),
            box=fit.box,
            roi=roi,
            pose=fit.pose,
            landmarks=fit.landmarks,
            params=fit.params,
            eye_open=(1 - moment.lids, 1 - moment.lids),
            eye_seen=(not left_away, not right_away),
            mouth_open=moment.jaw,
            light=moment.light,
        )

    def _moment(self, index: int) -> Moment:
        number, t = divmod(index / self.fps, MINUTE)
        return self._minute(int(number)).at(t)

    def _fit(self, moment: Moment) -> tuple[Box, Fit]:
        """The region that the face asks for, and the face by its parameters there."""
        model = self._studio.model
        rotation = np.array(axes.rotation(moment.yaw, moment.pitch, moment.roll))
        scale = HEAD * self._height * moment.size / self._sitter.height
        x, y = (NECK[0] + moment.x) * self._width, (NECK[1] + moment.y) * self._height
        whole = camera(rotation, scale, self._sitter.joint, (x, y), model.size)
        acts: dict[Role, float] = {"lid_left": moment.lids, "lid_right": moment.lids, "jaw": moment.jaw}
        params = model.params(self._sitter.person.shape, acts, moment.mood)
        params[:POSE] = whole.ravel()
        roi = roi_around(self._face_model.refit(params, (0.0, 0.0, float(model.size), float(model.size))).box)
        params[:POSE] = in_region(whole, roi, model.size).ravel()
        return roi, self._face_model.refit(params, roi)

    def _developed(self, image: Image, index: int) -> Image:
        """As a camera would have it: no edge is sharper than its lens, and there is noise, another in each frame."""
        blurred = cv2.GaussianBlur(image, (3, 3), 0)
        down, across = np.random.default_rng([self._seed, index]).integers(0, NOISE_ROOM, 2)
        grain = self._noise[down : down + self._height, across : across + self._width]
        return np.asarray(cv2.subtract(cv2.add(blurred, grain), self._level), dtype=np.uint8)


def open_synthetic(
    seed: int, width: int = 0, height: int = 0, fps: float = 0.0, models_dir: Path | None = None
) -> SyntheticCamera:
    """The camera with the face model of the pack ``PACK``, looked for as all packs are.

    ``width`` and ``height`` in pixels and ``fps``: 0 for 640, 480 and 25. Raises ModelError where the pack is missing
    or cannot be drawn.
    """
    pack = models.load(PACK, models_dir)
    form = Format(width or WIDTH, height or HEIGHT, fps or USUAL_FPS)
    return SyntheticCamera(open_studio(pack), open_face_model(pack), seed, form)


def _lit(room: Image, light: Light) -> Image:
    """The room is as bright as what faces the viewer."""
    gain = (light.ambient + light.lamp * light.direction[2]) / (USUAL.ambient + USUAL.lamp * USUAL.direction[2])
    return np.asarray(cv2.convertScaleAbs(room, alpha=gain), dtype=np.uint8)
