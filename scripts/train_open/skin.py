"""The skin of the face model: where it lies on a flat picture, and what colours it has."""

from dataclasses import dataclass

import numpy as np
import topology as t
from labelled import Y_UP, Labels
from mesh import MOUTH_COLOUR, Mesh

from visaged.errors import ModelError

TEXTURES = 12
BORDER = 0.01  # of the picture, around all
PATCH = 0.1  # the side of an eyeball or the mouth
CORNERS = (BORDER, BORDER), (0.89, BORDER), (BORDER, 0.93)
"""Where the right and the left eyeball and the mouth lie: where the face, on its cylinder, leaves room."""
BEHIND = 10_000.0
"""How far behind all points the cylinder's axis is, micrometres."""


@dataclass(frozen=True)
class Surface:
    """``mesh`` made finer: its triangles (m, 3), and ``finer`` (N, n), the matrix from the mesh to its own vertices."""

    mesh: Mesh
    triangles: np.ndarray
    finer: np.ndarray


def unwrapped(surface: Surface, mean: np.ndarray) -> np.ndarray:
    """(N, 2) in [0, 1], v up: the skin on a cylinder about the head; eyeballs and mouth in free corners."""
    mesh = surface.mesh
    flat = _on_cylinder(mean)[mesh.copied]
    rest = mesh.vertices(mean)[:, :2]
    right, left = (np.concatenate([eye, iris]) for eye, iris in zip(mesh.eyes, t.IRISES, strict=True))
    for patch, corner in zip((right, left, mesh.mouth), CORNERS, strict=True):
        xy = rest[patch] - rest[patch].min(0)
        flat[patch] = xy / xy.max() * PATCH + corner
    return np.clip(surface.finer @ flat, 0, 1)


def _on_cylinder(points: np.ndarray) -> np.ndarray:
    """(478, 2): angle and height, between the borders."""
    axis = points[: t.IRISES[0][0], 2].min() - BEHIND
    angle = np.arctan2(points[:, 0], points[:, 2] - axis)
    flat = np.stack([angle / np.abs(angle).max(), points[:, 1] / np.abs(points[:, 1]).max()], 1)
    low, high = flat.min(0), flat.max(0)
    return (flat - low) / (high - low) * (1 - 2 * BORDER) + BORDER


def texture(labels: Labels, surface: Surface, ahead: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of the mean colours and their modes over the pictures ``ahead``, grey levels; blue, green, red by
    vertex. Raises ModelError where the pictures are too few."""
    if 2 * len(ahead) <= TEXTURES:
        raise ModelError(
            f"{len(ahead)} people who look ahead are too few to learn {TEXTURES} textures from; label more pictures"
        )
    mean, modes = _principal_looks(np.concatenate([_looks(labels, surface, number) for number in ahead]))
    inside = surface.finer[:, surface.mesh.mouth].sum(1) > 0.5
    mean.reshape(-1, 3)[inside] = MOUTH_COLOUR
    modes.reshape(TEXTURES, -1, 3)[:, inside] = 0
    return {"texture_mean": mean.astype(np.float32), "texture_basis": modes.T.astype(np.float16)}


def _looks(labels: Labels, surface: Surface, number: int) -> np.ndarray:
    """(2, 3 N): the colours of all vertices in one picture, and in its mirror image."""
    image, points = labels.crops[number], labels.points[number]
    both = (image, points), (image[:, ::-1], labels.mirrored(points))
    places = [surface.finer @ surface.mesh.colour_places(own * Y_UP) for _, own in both]
    return np.stack([_colours(picture, at).ravel() for (picture, _), at in zip(both, places, strict=True)])


def _principal_looks(looks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean (3 N,) and the principal components (12, 3 N), one standard deviation each."""
    mean = looks.mean(0)
    centred = looks - mean
    _, vectors = np.linalg.eigh(centred @ centred.T / len(looks))
    return mean, (vectors[:, ::-1][:, :TEXTURES].T @ centred) / np.sqrt(len(looks))


def _colours(image: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(n, 3): what is at x, y of ``places``, bilinear."""
    x, y = (np.clip(places[:, i], 0, image.shape[1 - i] - 1.001) for i in (0, 1))
    i, j = x.astype(int), y.astype(int)
    u, v = (x - i)[:, None], (y - j)[:, None]
    image = image.astype(np.float32)
    above = image[j, i] * (1 - u) + image[j, i + 1] * u
    below = image[j + 1, i] * (1 - u) + image[j + 1, i + 1] * u
    return above * (1 - v) + below * v
