"""Similarity transforms between sets of points: aligning faces with each other and with the model."""

import numpy as np


def similarity(model: np.ndarray, points: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """scale (n,), rotation (n, 3, 3), translation (n, 3) such that scale * rotation @ model + translation is nearest to
    points, both (n, v, 3), with ``weights`` (v,) that sum to 1 (Umeyama 1991)."""
    centre_m, centre_p = np.einsum("v,nvk->nk", weights, model), np.einsum("v,nvk->nk", weights, points)
    m, p = model - centre_m[:, None], points - centre_p[:, None]
    u, values, vt = np.linalg.svd(np.einsum("v,nvi,nvj->nij", weights, p, m))
    sign = np.sign(np.linalg.det(u @ vt))
    values[:, 2] *= sign
    u[:, :, 2] *= sign[:, None]
    rotation = u @ vt
    scale = values.sum(1) / np.einsum("v,nvk->n", weights, m * m)
    return scale, rotation, centre_p - scale[:, None] * np.einsum("nij,nj->ni", rotation, centre_m)


def into_model(points: np.ndarray, scale: np.ndarray, rotation: np.ndarray, translation: np.ndarray) -> np.ndarray:
    """The inverse: points (n, v, 3) in the model's frame."""
    return np.einsum("nji,nvj->nvi", rotation, points - translation[:, None]) / scale[:, None, None]


def generalised(shapes: np.ndarray, weights: np.ndarray, start: np.ndarray, rounds: int = 8) -> np.ndarray:
    """Generalised Procrustes: all shapes (n, v, 3) in a common frame, of the size of ``start`` (v, 3)."""
    mean = start
    for _ in range(rounds):
        aligned = into_model(shapes, *similarity(np.broadcast_to(mean, shapes.shape), shapes, weights))
        new = aligned.mean(0)
        new -= weights @ new
        mean = new * np.sqrt((weights @ (start**2).sum(1)) / (weights @ (new**2).sum(1)))
    return into_model(shapes, *similarity(np.broadcast_to(mean, shapes.shape), shapes, weights))
