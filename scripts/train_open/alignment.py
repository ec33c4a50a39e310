"""Similarity transforms between sets of points: aligning faces with each other and with the model."""

from typing import NamedTuple

import numpy as np


class Similarity(NamedTuple):
    """n of them: scale * rotation @ point + translation; scale (n,), rotation (n, 3, 3), translation (n, 3)."""

    scale: np.ndarray
    rotation: np.ndarray
    translation: np.ndarray

    def undone(self, points: np.ndarray) -> np.ndarray:
        """The points (n, v, 3) as they were before."""
        moved = points - self.translation[:, None]
        return np.einsum("nji,nvj->nvi", self.rotation, moved) / self.scale[:, None, None]


def similarity(model: np.ndarray, points: np.ndarray, weights: np.ndarray) -> Similarity:
    """What takes ``model`` nearest to ``points``, both (n, v, 3), or the model (v, 3) for all of them.

    ``weights`` (v,) add up to 1. The formula is Umeyama's (PAMI 1991).
    """
    model = np.broadcast_to(model, points.shape)
    centre_m, centre_p = np.einsum("v,nvk->nk", weights, model), np.einsum("v,nvk->nk", weights, points)
    m, p = model - centre_m[:, None], points - centre_p[:, None]
    u, values, vt = np.linalg.svd(np.einsum("v,nvi,nvj->nij", weights, p, m))
    sign = np.sign(np.linalg.det(u @ vt))
    values[:, 2] *= sign
    u[:, :, 2] *= sign[:, None]
    rotation = u @ vt
    scale = values.sum(1) / np.einsum("v,nvk->n", weights, m * m)
    return Similarity(scale, rotation, centre_p - scale[:, None] * np.einsum("nij,nj->ni", rotation, centre_m))


def aligned(shapes: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """All ``shapes`` (n, v, 3) moved, turned and scaled to where ``target`` (v, 3) is."""
    return similarity(target, shapes, weights).undone(shapes)


def generalised(shapes: np.ndarray, weights: np.ndarray, start: np.ndarray, rounds: int = 8) -> np.ndarray:
    """Generalised Procrustes (Gower 1975): all shapes (n, v, 3) in a common frame, of the size of ``start`` (v, 3)."""
    mean = start
    for _ in range(rounds):
        new = aligned(shapes, mean, weights).mean(0)
        new -= weights @ new
        mean = new * np.sqrt((weights @ (start**2).sum(1)) / (weights @ (new**2).sum(1)))
    return aligned(shapes, mean, weights)
