"""Fits the coarse model to labelled points, and measures how far eyes and mouth are open."""

from dataclasses import dataclass

import numpy as np
import topology as t
from alignment import similarity
from coarse import Coarse

SKIN = 468
"""Points that are no irises."""
ROUNDS = 6
RIDGE = 3e-4
"""How far coefficients are held back, in parts of what the modes do on average."""

Pairs = tuple[tuple[int, int], ...]
LIDS: tuple[Pairs, Pairs] = ((386, 374), (385, 380), (387, 373)), ((159, 145), (158, 153), (160, 144))
"""Upper and lower points of the left and the right eye."""
EYE_ENDS = (362, 263), (133, 33)
LIPS: Pairs = (13, 14), (81, 178), (311, 402)


@dataclass(frozen=True)
class Fits:
    """Of n pictures: ``scale`` (n,), ``rotation`` (n, 3, 3) and ``translation`` (n, 3) from the model, micrometres, to
    the crop, pixels; ``coefficients`` (n, 50). ``residual`` (n,): mean distance of the points from the fit over that
    between the eyes. ``openness`` (n, 2): the ratio of the function of this name."""

    scale: np.ndarray
    rotation: np.ndarray
    translation: np.ndarray
    coefficients: np.ndarray
    residual: np.ndarray
    openness: np.ndarray


def steady_weights() -> np.ndarray:
    """(478,), adding up to 1: what a face is aligned by; irises look about, and are left out."""
    weights = np.ones(t.POINTS)
    weights[SKIN:] = 0
    return weights / weights.sum()


def fit_all(points: np.ndarray, model: Coarse) -> Fits:
    """Pose and coefficients of every picture's ``points`` (n, 478, 3), y up.

    Each round finds coefficients together with the small moves that they could be taken for, then the pose anew: an
    opening jaw looks much like a nod.
    """
    weights = steady_weights()
    solve = _solver(model, weights)
    coefficients = np.zeros((len(points), len(model.modes)))
    for _ in range(ROUNDS):
        placed = similarity(model.faces(coefficients), points, weights)
        residual = placed.undone(points) - model.mean
        coefficients = residual.reshape(len(points), -1) @ solve.T
    apart = np.linalg.norm((placed.undone(points) - model.faces(coefficients))[:, :SKIN], axis=2).mean(1)
    right, left = model.mean[list(t.OUTER_CORNERS)]
    return Fits(*placed, coefficients, apart / np.linalg.norm(right - left), openness(points))


def _solver(model: Coarse, weights: np.ndarray) -> np.ndarray:
    """(50, 3 * 478): from where points are off the mean to coefficients, by ridge regression that leaves free how the
    whole face is moved, turned and scaled."""
    count = len(model.modes)
    moves = np.concatenate([model.modes, _rigid(model.mean)])
    basis = moves.reshape(len(moves), -1).T * np.repeat(weights > 0, 3)[:, None]
    usual = (basis[:, :count] ** 2).sum() / count
    held = RIDGE * usual * (np.arange(len(moves)) < count)
    return np.linalg.solve(basis.T @ basis + np.diag(held), basis.T)[:count]


def _rigid(points: np.ndarray) -> np.ndarray:
    """(7, n, 3): how ``points`` (n, 3) move when they are shifted, turned or scaled, each about as far."""
    around = (points - points.mean(0)) / points.std()
    shifts = np.broadcast_to(np.eye(3)[:, None], (3, *points.shape))
    turns = [np.cross(axis, around) for axis in np.eye(3)]
    return np.stack([*shifts, *turns, around])


def openness(points: np.ndarray) -> np.ndarray:
    """(n, 2): gap between the lids over the width of the eye, left and right."""
    return np.stack([_ratio(points, ends, lids) for ends, lids in zip(EYE_ENDS, LIDS, strict=True)], 1)


def lids_apart(faces: np.ndarray) -> np.ndarray:
    """(n, 2): the upright gap between the lids of ``faces`` (n, 478, 3), in the model's frame, left and right."""
    uppers, lowers = np.moveaxis(np.array(LIDS), -1, 0)
    return (faces[:, uppers, 1] - faces[:, lowers, 1]).mean(-1)


def gape(model: Coarse, face: np.ndarray) -> float:
    """How far the mouth of ``face`` (478, 3), in the model's frame, is open: 0 as the mean's, 1 wide."""
    rest, now, widest = (_lips_apart(points) for points in (model.mean, face, model.mean + model.roles[2]))
    return float(np.clip((now - rest) / (widest - rest), 0, 1))


def _lips_apart(face: np.ndarray) -> float:
    """The upright gap between the lips, one of which lies behind the other, over the distance of the eyes."""
    upper, lower = np.array(LIPS).T
    right, left = face[list(t.OUTER_CORNERS)]
    return float((face[upper, 1] - face[lower, 1]).mean() / np.linalg.norm(right - left))


def _ratio(points: np.ndarray, ends: tuple[int, int], pairs: Pairs) -> np.ndarray:
    gap = np.mean([np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in pairs], axis=0)
    first, second = ends
    return gap / np.linalg.norm(points[:, first] - points[:, second], axis=1)
