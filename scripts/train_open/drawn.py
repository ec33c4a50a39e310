"""Faces that nobody has: drawn from the model itself, with its textures, in random light."""

from pathlib import Path

import numpy as np
from dirt import Rng

from visaged import _native
from visaged.models.store import load
from visaged.synthetic.light import Light
from visaged.synthetic.person import random_person
from visaged.synthetic.studio import open_studio
from visaged.values import Pose
from visaged.vision.openness import turned_away

SPREAD = 1.0
EXPRESSIONS = 7


class Drawn:
    """Draws people of the pack in ``folder``, whose face model must be the one that is trained for."""

    def __init__(self, folder: Path) -> None:
        self._studio = open_studio(load(folder.name, folder.parent))

    def coefficients(self, rng: Rng, roles: np.ndarray) -> np.ndarray:
        """(50,): a random face with these lids and jaw (3,)."""
        model = self._studio.model
        spread = model.param_std[model.pose :]
        shape = rng.normal(0, SPREAD, 40) * spread[:40]
        mood = rng.normal(0, 0.7, EXPRESSIONS) * spread[-EXPRESSIONS:]
        return np.concatenate([shape, roles, mood])

    def draw(self, params: np.ndarray, behind: np.ndarray, rng: Rng) -> np.ndarray:
        """Somebody with these ``params`` (62,), before ``behind`` (120, 120, 3)."""
        model = self._studio.model
        person = random_person(rng, model.shape_std, model.textures)
        warm = np.exp(rng.normal(0, 0.1, 3))
        light = Light(
            rng.uniform(-90, 90), rng.uniform(-20, 70), rng.uniform(0.25, 0.8), rng.uniform(0.1, 0.9), tuple(warm)
        )
        return self._studio.crop(person, params.astype(np.float32), light, behind)


def eyes_seen(params: np.ndarray) -> np.ndarray:
    """(2,): 1 for an eye, left and right, that is not turned away."""
    rotation, quaternion, angles, scale, _ = _native.pose(params.astype(np.float32))
    return 1.0 - np.array(turned_away(Pose(rotation, quaternion, *angles, scale)), float)
