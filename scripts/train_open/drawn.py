"""Samples from the face model itself: faces that nobody has, with its textures, in random light."""

from pathlib import Path

import numpy as np
from acts import random_jaw, random_lids
from coarse import Coarse
from cover import Things
from dirt import Rng, photograph
from fitting import gape
from layout import EXPRESSIONS, ROLES, SHAPES, SIZE
from placing import in_crop, random_camera, random_turn
from truth import Sample, known, signals, view

from visaged import _native
from visaged.errors import ModelError
from visaged.models.manifest import Role
from visaged.models.pack import load_pack
from visaged.synthetic.light import Light
from visaged.synthetic.model import Model
from visaged.synthetic.person import random_person
from visaged.synthetic.studio import Studio, open_studio
from visaged.values import Pose
from visaged.vision.openness import turned_away

SPREAD, MOOD = 1.0, 0.7
"""How far shapes and free expressions are from the mean, in standard deviations."""
FREE = EXPRESSIONS - len(ROLES)
COVERED = 0.25
SAME = 1e-3
"""How far modes may be from those that are trained for, in parts of the largest: packs keep them as float16."""


class Drawn:
    """Faces drawn by ``studio``, whose face model is the fine one of ``model``. ``lids``: points of either eye."""

    def __init__(self, studio: Studio, model: Coarse, lids: tuple[np.ndarray, ...], things: Things) -> None:
        self._studio, self._model, self._lids, self._things = studio, model, lids, things

    def face(self, rng: Rng) -> Sample | None:
        """A face at random, or None where too little of it shows."""
        shut = random_lids(rng)
        coefficients = self._random_coefficients(rng, shut)
        landmarks = self._model.landmarks(coefficients)
        camera = random_camera(landmarks, random_turn(np.eye(3), rng, upside_down=False), rng, missed=False)
        params = np.concatenate([camera.ravel(), coefficients]).astype(np.float32)
        picture = self._draw(params, self._things.backdrop(SIZE, rng), rng)
        shape = self._model.faces(coefficients)
        points = in_crop(shape, camera)[:, :2]
        covered = self._things.now_and_then(COVERED, picture, points, rng)
        seen = view(covered, points, self._lids, eyes_turned_to(params))
        if seen.too_little:
            return None
        told = signals(1.0, 1 - shut, seen, gape(self._model, shape))
        weights = known(seen, eyes_sure=(0, 0))
        return Sample(photograph(picture, rng), params, told, weights, np.float32(1))

    def _random_coefficients(self, rng: Rng, shut: np.ndarray) -> np.ndarray:
        """(50,): a random face whose left and right eye are ``shut`` (2,) so far."""
        model = self._studio.model
        shape = (rng.normal(0, SPREAD, SHAPES) * model.shape_std).astype(np.float32)
        acts: dict[Role, float] = {"lid_left": shut[0], "lid_right": shut[1], "jaw": random_jaw(0, rng)}
        return model.params(shape, acts, rng.normal(0, MOOD, FREE).tolist())[model.pose :].astype(float)

    def _draw(self, params: np.ndarray, behind: np.ndarray, rng: Rng) -> np.ndarray:
        """(120, 120, 3): somebody with these ``params`` (62,), before ``behind``."""
        model = self._studio.model
        person = random_person(rng, model.shape_std, model.textures)
        return self._studio.crop(person, params, _random_light(rng), behind)


def open_drawn(folder: Path, model: Coarse) -> Studio:
    """For the pack in ``folder``; raises ModelError where its faces are not those of ``model``."""
    studio = open_studio(load_pack(folder))
    if not _is_fine(studio.model, model):
        raise ModelError(
            f"{folder} has another face model than the one that is trained for; make a pack of this one with pack.py"
        )
    return studio


def _is_fine(fine: Model, coarse: Coarse) -> bool:
    """Whether ``fine`` goes through the points of ``coarse``, which are its first vertices, and moves with them."""
    count = len(coarse.mean)
    found = [fine.mean[:count].ravel(), *fine.shape_basis[: 3 * count].T, *fine.expression_basis[: 3 * count].T]
    wanted = [coarse.mean.ravel(), *coarse.modes.reshape(len(coarse.modes), -1)]
    if [len(values) for values in found] != [len(values) for values in wanted]:
        return False
    return all(np.abs(a - b).max() <= SAME * np.abs(b).max() for a, b in zip(found, wanted, strict=True))


def eyes_turned_to(params: np.ndarray) -> np.ndarray:
    """(2,): 1 for an eye, left and right, that is not turned away."""
    rotation, quaternion, angles, scale, _ = _native.pose(params)
    return 1.0 - np.array(turned_away(Pose(rotation, quaternion, *angles, scale)), float)


def _random_light(rng: Rng) -> Light:
    blue, green, red = np.exp(rng.normal(0, 0.1, 3)).tolist()
    return Light(
        rng.uniform(-90, 90), rng.uniform(-20, 70), rng.uniform(0.25, 0.8), rng.uniform(0.1, 0.9), (blue, green, red)
    )
