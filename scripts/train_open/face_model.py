"""Step 3: our morphable model, from the labels: mean, 40 shape and 10 expression modes, triangles, UVs, codes, texture.

    python scripts/train_open/face_model.py labels.npz --out work/

Writes ``face_model.npz`` (without ``param_mean`` and ``param_std``, which the samples decide) and ``fits.npz``: for
every picture scale, rotation, translation and coefficients of the model, and how far eyes and mouth are open.
Lengths are micrometres: an iris is 11.7 mm wide in nearly everybody.
"""

import argparse
from pathlib import Path

import numpy as np
import topology as t
from alignment import generalised, into_model, similarity
from landmarks68 import landmark_indices
from mesh import Mesh, build, smooth
from rotations import rotation, yaw_of
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import spsolve

IRIS = 11_700.0  # micrometres
SHAPES, EXPRESSIONS, TEXTURES = 40, 10, 12
JAW_ANGLE = np.radians(24.0)
UPPER_SHARE = 0.85  # of the closing of an eye that the upper lid does
FOLLOWING = (0.5, 0.15)  # how much of it the skin above does, row by row
FRONTAL = 20.0  # degrees; pictures for the texture
NOD = 3.1  # degrees
"""Turns the zero of pitch to 300W-LP's: the median difference from what 3ddfa_v2 says of the same portraits."""
RIDGE = 3e-4
MOUTH_COLOUR = (38.0, 30.0, 66.0)  # blue, green, red
LEVELS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    given = parser.parse_args()
    labels = np.load(given.labels)
    points = labels["points"].astype(np.float64) * [1, -1, 1]  # y up
    people, videos = by_source(labels["sources"])
    pairs = t.mirror(labels["edges"])
    weights = steady_weights(points.shape[1])
    aligned = align(points, people, pairs, weights)
    mean = aligned[people].mean(0)
    mean = (mean + mean[pairs] * [-1, 1, 1]) / 2
    mean = with_lips_closed(mean, jaw_mode(mean, labels["edges"]))
    roles = role_modes(mean, labels["edges"], pairs)
    expressions = np.concatenate([roles, statistical(aligned, videos, pairs, roles)])
    shapes = shape_modes(aligned[people] - mean, pairs, expressions)
    fits = fit_all(points, mean, np.concatenate([shapes, expressions]), weights)
    mesh = build(mean, labels["edges"])
    triangles, finer = smooth(mesh.triangles, len(mesh.copied), LEVELS)
    arrays = model_arrays(mesh, triangles, finer, mean, shapes, expressions)
    arrays |= texture(labels["crops"], points, mesh, finer, fits, people, pairs, arrays["pncc"])
    given.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(given.out / "face_model.npz", **arrays)
    np.savez(given.out / "fits.npz", base_mean=mean, base_shapes=shapes, base_expressions=expressions, **fits)
    residual = fits["residual"]
    print(
        f"{len(arrays['mean']) // 3} vertices, {len(triangles)} triangles; residual of the fits {np.median(residual):.2%} of the distance between the eyes"
    )


def by_source(sources: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Numbers of one picture of each person (video frames: the middle one), and of the frames of each video."""
    files = np.array([str(source).split("#")[0] for source in sources])
    stills = np.array(["#" not in str(source) for source in sources])
    videos = [np.flatnonzero(files == name) for name in np.unique(files[~stills])]
    return np.concatenate([np.flatnonzero(stills), [frames[len(frames) // 2] for frames in videos]]), videos


def steady_weights(count: int) -> np.ndarray:
    """(count,): what a face is aligned by; irises look about, and are left out."""
    weights = np.ones(count)
    weights[468:] = 0
    return weights / weights.sum()


def align(points: np.ndarray, people: np.ndarray, pairs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(n, 478, 3) micrometres: all faces in the model's frame: x right, y up, z at the viewer of a face looking ahead.

    Mirrored copies make it symmetric; how far it nods is the median of the portraits, and ``NOD``.
    """
    both = np.concatenate([points[people], points[people][:, pairs] * [-1, 1, 1]])
    start = both[0] - weights @ both[0]
    mean = generalised(both, weights, start).mean(0)
    _, turns, _ = similarity(np.broadcast_to(mean, both.shape), both, weights)
    upright = mean @ _average_rotation(turns).T
    upright = (upright + upright[pairs] * [-1, 1, 1]) / 2
    upright = upright @ rotation(0, NOD, 0).T
    aligned = into_model(points, *similarity(np.broadcast_to(upright, points.shape), points, weights))
    iris = np.linalg.norm(aligned[people, 469] - aligned[people, 471], axis=1)
    return aligned * (IRIS / np.median(iris))


def _average_rotation(rotations: np.ndarray) -> np.ndarray:
    u, _, vt = np.linalg.svd(np.median(rotations, axis=0))
    return u @ vt


def role_modes(mean: np.ndarray, edges: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """(3, 478, 3): what shuts the left lid, the right lid, and opens the mouth wide."""
    right = lid_mode(mean)
    left = right[pairs] * [-1, 1, 1]
    return np.stack([left, right, jaw_mode(mean, edges)])


def lid_mode(mean: np.ndarray) -> np.ndarray:
    """The right lids meet below the middle; the skin above follows."""
    move = np.zeros_like(mean)
    upper, lower = np.array(t.RIGHT_UPPER_LID), np.array(t.RIGHT_LOWER_LID)
    gap = mean[lower] - mean[upper]
    move[upper] = gap * UPPER_SHARE
    move[lower] = -gap * (1 - UPPER_SHARE)
    for row, share in zip(t.RIGHT_ABOVE_LID, FOLLOWING, strict=True):
        move[list(row)] = gap[1:-1] * share
    return move


def jaw_mode(mean: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The lower jaw turns about the line through the ears; between it and the rest the skin stretches evenly."""
    moving = np.zeros(len(mean), bool)
    lower_lip = mean[17]
    moving[(mean[:, 1] < lower_lip[1]) & (np.abs(mean[:, 0]) < 22_000)] = True
    moving[list(t.INNER_LIPS[11:]) + [84, 314, 181, 405, 91, 321, 85, 315, 86, 316, 15, 16]] = True
    still = mean[:, 1] > mean[2, 1]
    still[list(t.INNER_LIPS[1:10]) + [40, 39, 37, 0, 267, 269, 270, 11, 12, 38, 268]] = True
    still[[234, 454, 93, 323]] = True
    share = harmonic(edges, moving, still & ~moving)
    pivot = (mean[234] + mean[454]) / 2
    c, s = np.cos(JAW_ANGLE), np.sin(JAW_ANGLE)
    turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    return ((mean - pivot) @ turn.T - (mean - pivot)) * share[:, None]


def with_lips_closed(mean: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    """Most portraits smile: the jaw goes up until the lips touch."""
    upper, lower = 13, 14
    gap, change = mean[upper, 1] - mean[lower, 1], jaw[upper, 1] - jaw[lower, 1]
    return mean - jaw * (gap / change)


def harmonic(edges: np.ndarray, ones: np.ndarray, zeros: np.ndarray) -> np.ndarray:
    """(n,): 1 and 0 where told, and elsewhere the mean of the neighbours."""
    count = len(ones)
    i, j = np.concatenate([edges, edges[:, ::-1]]).T
    links = csr_matrix((np.ones(len(i)), (i, j)), shape=(count, count))
    laplace = diags(np.maximum(np.asarray(links.sum(1)).ravel(), 1)) - links
    fixed = ones | zeros
    free = ~fixed & (np.asarray(links.sum(1)).ravel() > 0)
    share = ones.astype(float)
    share[free] = spsolve(laplace[free][:, free].tocsc(), -laplace[free][:, ones] @ np.ones(ones.sum()))
    return share


def statistical(aligned: np.ndarray, videos: list[np.ndarray], pairs: np.ndarray, roles: np.ndarray) -> np.ndarray:
    """(7, 478, 3): how one person's face changes beyond the roles, one standard deviation each."""
    changes = np.concatenate([aligned[frames] - aligned[frames].mean(0) for frames in videos if len(frames) > 5])
    return principal(without(changes, roles), pairs, EXPRESSIONS - len(roles))


def shape_modes(differences: np.ndarray, pairs: np.ndarray, expressions: np.ndarray) -> np.ndarray:
    """(40, 478, 3): how people differ beyond expressions, one standard deviation each."""
    return principal(without(differences, expressions), pairs, SHAPES)


def without(differences: np.ndarray, modes: np.ndarray) -> np.ndarray:
    """What no mix of ``modes`` explains."""
    flat, basis = differences.reshape(len(differences), -1), modes.reshape(len(modes), -1)
    return (flat - flat @ np.linalg.pinv(basis) @ basis).reshape(differences.shape)


def principal(differences: np.ndarray, pairs: np.ndarray, count: int) -> np.ndarray:
    both = np.concatenate([differences, differences[:, pairs] * [-1, 1, 1]]).reshape(2 * len(differences), -1)
    _, values, vt = np.linalg.svd(both, full_matrices=False)
    return (vt[:count] * values[:count, None] / np.sqrt(len(both))).reshape(count, -1, 3)


def fit_all(points: np.ndarray, mean: np.ndarray, modes: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Pose and coefficients of every picture, by turns; and how far eyes and mouth are open, in parts of the usual."""
    basis = modes.reshape(len(modes), -1).T * np.repeat(weights > 0, 3)[:, None]
    scale_of = (basis**2).sum() / len(modes)
    solve = np.linalg.solve(basis.T @ basis + RIDGE * scale_of * np.eye(len(modes)), basis.T)
    coefficients = np.zeros((len(points), len(modes)))
    for _ in range(6):
        shape = mean + np.einsum("nk,kvc->nvc", coefficients, modes)
        pose = similarity(shape, points, weights)
        residual = into_model(points, *pose) - mean
        coefficients = residual.reshape(len(points), -1) @ solve.T
    shape = mean + np.einsum("nk,kvc->nvc", coefficients, modes)
    left_over = np.linalg.norm((into_model(points, *pose) - shape)[:, :468], axis=2).mean(1)
    eyes = np.linalg.norm(mean[33] - mean[263])
    return {
        "scale": pose[0],
        "rotation": pose[1],
        "translation": pose[2],
        "coefficients": coefficients,
        "residual": left_over / eyes,
        "openness": openness(points),
        "mouth": mouth(points),
    }


def openness(points: np.ndarray) -> np.ndarray:
    """(n, 2): gap between the lids over the width of the eye, left and right."""
    return np.stack(
        [
            _ratio(points, 362, 263, ((386, 374), (385, 380), (387, 373))),
            _ratio(points, 133, 33, ((159, 145), (158, 153), (160, 144))),
        ],
        1,
    )


def mouth(points: np.ndarray) -> np.ndarray:
    """(n,): gap between the lips over the distance of the outer corners of the eyes."""
    return _ratio(points, 33, 263, ((13, 14), (81, 178), (311, 402)))


def _ratio(points: np.ndarray, first: int, second: int, pairs: tuple[tuple[int, int], ...]) -> np.ndarray:
    gap = np.mean([np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in pairs], axis=0)
    return gap / np.linalg.norm(points[:, first] - points[:, second], axis=1)


def model_arrays(mesh: Mesh, triangles, finer, mean, shapes, expressions) -> dict[str, np.ndarray]:
    """The arrays of the pack, on the fine mesh."""
    rest = finer @ mesh.vertices(mean)
    moved = expressions[:, mesh.copied].copy()
    for eye in mesh.eyes:
        moved[:2, eye] = 0
    low, high = rest.min(0), rest.max(0)
    columns = [np.einsum("vb,kbc->vck", finer, m).reshape(rest.size, -1) for m in (shapes[:, mesh.copied], moved)]
    return {
        "mean": rest.ravel().astype(np.float32),
        "shape_basis": columns[0].astype(np.float16),
        "expression_basis": columns[1].astype(np.float16),
        "triangles": triangles,
        "landmark_indices": landmark_indices(rest),
        "pncc": ((rest - low) / (high - low)).astype(np.float32),
        "uv": unwrap(mesh, finer, mean).astype(np.float32),
    }


def unwrap(mesh: Mesh, finer: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """(N, 2) in [0, 1], v up: the skin on a cylinder about the head; eyeballs and mouth in free corners."""
    points = mean[mesh.copied]
    axis = mean[:468, 2].min() - 10_000
    angle = np.arctan2(points[:, 0], points[:, 2] - axis)
    flat = np.stack([angle / np.abs(angle).max(), points[:, 1] / np.abs(points[:, 1]).max()], 1)
    low, high = flat.min(0), flat.max(0)
    flat = (flat - low) / (high - low) * 0.98 + 0.01
    for patch, corner in (
        (np.concatenate([mesh.eyes[0], t.IRISES[1]]), (0.01, 0.01)),
        (np.concatenate([mesh.eyes[1], t.IRISES[0]]), (0.89, 0.01)),
        (mesh.mouth, (0.01, 0.93)),
    ):
        xy = mesh.vertices(mean)[patch, :2]
        flat[patch] = (xy - xy.min(0)) / np.ptp(xy, axis=0).max() * 0.1 + corner
    return np.clip(finer @ flat, 0, 1)


def texture(crops, points, mesh, finer, fits, people, pairs, codes) -> dict[str, np.ndarray]:
    """Mean colours and modes over everybody who looks ahead, in grey levels; blue, green, red of each vertex in turn."""
    yaw = yaw_of(fits["rotation"])
    ahead = [n for n in people if abs(yaw[n]) < FRONTAL]
    looks = []
    for n in ahead:
        for flip in (False, True):
            image = crops[n][:, ::-1] if flip else crops[n]
            own = points[n] * [1, -1, 1]
            if flip:
                own = (own * [-1, 1, 1] + [image.shape[1] - 1, 0, 0])[pairs]
            looks.append(sample(image, finer @ mesh.colour_places(own)))
    looks = np.stack(looks).reshape(len(looks), -1)
    mean = looks.mean(0)
    centred = looks - mean
    values, vectors = np.linalg.eigh(centred @ centred.T / len(looks))
    modes = (vectors[:, ::-1][:, :TEXTURES].T @ centred) / np.sqrt(len(looks))
    inside = finer[:, mesh.mouth].sum(1) > 0.5
    mean = mean.reshape(-1, 3)
    mean[inside] = MOUTH_COLOUR
    modes = modes.reshape(TEXTURES, -1, 3)
    modes[:, inside] = 0
    print(
        f"texture of {len(ahead)} people; modes keep {values[::-1][:TEXTURES].sum() / values.sum():.0%} of the variance"
    )
    return {
        "texture_mean": mean.ravel().astype(np.float32),
        "texture_basis": modes.reshape(TEXTURES, -1).T.astype(np.float16),
    }


def sample(image: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(n, 3): colours at x, y, bilinear."""
    x, y = (np.clip(places[:, i], 0, image.shape[1 - i] - 1.001) for i in (0, 1))
    i, j = x.astype(int), y.astype(int)
    u, v = (x - i)[:, None], (y - j)[:, None]
    image = image.astype(np.float32)
    return (image[j, i] * (1 - u) + image[j, i + 1] * u) * (1 - v) + (
        image[j + 1, i] * (1 - u) + image[j + 1, i + 1] * u
    ) * v


if __name__ == "__main__":
    main()
