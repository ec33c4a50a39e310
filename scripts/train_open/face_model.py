"""Step 2: our morphable model, from the labels: mean, 40 shape and 10 expression modes, triangles, UVs, codes, texture.

    python scripts/train_open/face_model.py labels.npz --out work/

Writes ``face_model.npz`` (without ``param_mean`` and ``param_std``, which the samples decide) and ``fits.npz``: the
same model on MediaPipe's points, and for every picture scale, rotation, translation and coefficients of the model, and
how far the eyes are open. Lengths are micrometres: an iris is 11.7 mm wide in nearly everybody.
"""

from dataclasses import asdict
from pathlib import Path

import coarse
import command
import numpy as np
from alignment import aligned, generalised, similarity
from coarse import Coarse
from fitting import Fits, fit_all, steady_weights
from labelled import Labels, load_labels
from landmarks68 import landmark_indices
from mesh import build
from modes import MIRROR, expression_modes, jaw_mode, role_modes, shape_modes, with_lips_closed
from rotations import rotation, yaw_of
from skin import Surface, texture, unwrapped
from subdivision import smooth
from whole import write_arrays

from visaged.errors import ModelError

FILE = "face_model.npz"
IRIS = 11_700.0  # micrometres
IRIS_SIDES = (469, 471)
FRONTAL = 20.0  # degrees; pictures for the texture
NOD = 6.6  # degrees
"""Turns the zero of pitch to 300W-LP's: the median difference from what 3ddfa_v2 says of the same pictures."""
LEVELS = 2  # of subdivision
FEWEST_FRAMES = 6
"""Shorter videos show too little to learn expressions from."""


def main() -> None:
    parser = command.parser(__doc__)
    parser.add_argument("labels", type=Path, help="what label.py wrote")
    parser.add_argument("--out", required=True, type=Path, help="folder for what is learned")
    given = parser.parse_args()
    labels = load_labels(given.labels)
    model, surface = learned(labels)
    fits = fit_all(labels.points, model)
    ahead = looking_ahead(labels, fits)
    arrays = model_arrays(surface, model) | texture(labels, surface, ahead)
    write_arrays(given.out / FILE, arrays, compressed=True)
    base = {f"base_{name}": values for name, values in asdict(model).items()}
    write_arrays(given.out / coarse.FILE, base | asdict(fits))
    print(
        f"{len(surface.finer)} vertices, {len(surface.triangles)} triangles; texture of {len(ahead)} people; "
        f"residual of the fits {np.median(fits.residual):.2%} of the distance between the eyes"
    )


def learned(labels: Labels) -> tuple[Coarse, Surface]:
    """The model on MediaPipe's points, and the fine surface through its mean; raises ModelError where there is too
    little to learn it from."""
    people, videos = one_each(labels), long_videos(labels)
    faces = in_model_frame(labels.points, people, labels.pairs)
    mean = symmetric(faces[people].mean(0), labels.pairs)
    mean = with_lips_closed(mean, jaw_mode(mean, labels.edges))
    changes = np.concatenate([faces[frames] - faces[frames].mean(0) for frames in videos])
    expressions = expression_modes(changes, labels.pairs, role_modes(mean, labels.edges, labels.pairs))
    shapes = shape_modes(faces[people] - mean, labels.pairs, expressions)
    surface = fine_surface(mean, labels.edges)
    return Coarse(mean, shapes, expressions, landmark_places(surface, mean)), surface


def frames_by_video(labels: Labels) -> list[np.ndarray]:
    """The numbers of the frames of each video."""
    return [np.flatnonzero(labels.files == name) for name in np.unique(labels.files[labels.film])]


def one_each(labels: Labels) -> np.ndarray:
    """Numbers of one picture of each person: the stills, and the middle frame of each video."""
    middles = [frames[len(frames) // 2] for frames in frames_by_video(labels)]
    return np.concatenate([np.flatnonzero(~labels.film), np.array(middles, int)])


def long_videos(labels: Labels) -> list[np.ndarray]:
    """The numbers of the frames of each video that shows enough of a face's expressions."""
    videos = [frames for frames in frames_by_video(labels) if len(frames) >= FEWEST_FRAMES]
    if not videos:
        raise ModelError(
            f"no video among the labels has {FEWEST_FRAMES} frames with a face, from which expressions are learned; "
            "label a video of somebody who talks"
        )
    return videos


def in_model_frame(points: np.ndarray, people: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """(n, 478, 3) micrometres: all faces in the model's frame: x right, y up, z at the viewer of a face looking ahead.

    Mirrored copies make it symmetric; how far it nods is the median of the portraits, and ``NOD``.
    """
    weights = steady_weights()
    both = np.concatenate([points[people], points[people][:, pairs] * MIRROR])
    mean = generalised(both, weights, start=both[0] - weights @ both[0]).mean(0)
    turns = similarity(mean, both, weights).rotation
    upright = symmetric(mean @ _average_rotation(turns).T, pairs) @ rotation(0, NOD, 0).T
    faces = aligned(points, upright, weights)
    iris = np.linalg.norm(faces[people, IRIS_SIDES[0]] - faces[people, IRIS_SIDES[1]], axis=1)
    return faces * (IRIS / np.median(iris))


def symmetric(points: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The mean of ``points`` (478, 3) and their mirror image."""
    return (points + points[pairs] * MIRROR) / 2


def _average_rotation(rotations: np.ndarray) -> np.ndarray:
    """(3, 3): the rotation nearest to the median of the matrices."""
    u, _, vt = np.linalg.svd(np.median(rotations, axis=0))
    return u @ vt


def looking_ahead(labels: Labels, fits: Fits) -> np.ndarray:
    """The numbers of one picture of each person who looks about ahead."""
    people = one_each(labels)
    return people[np.abs(yaw_of(fits.rotation[people])) < FRONTAL]


def fine_surface(mean: np.ndarray, edges: np.ndarray) -> Surface:
    mesh = build(mean, edges)
    return Surface(mesh, *smooth(mesh.triangles, len(mesh.copied), LEVELS))


def landmark_places(surface: Surface, mean: np.ndarray) -> np.ndarray:
    """(68, 478): how much of each point of ``mean`` (478, 3) the landmarks of the fine surface are made of."""
    mesh, finer = surface.mesh, surface.finer
    parts = finer[landmark_indices(finer @ mesh.vertices(mean))]
    places = np.zeros((len(parts), len(mean)))
    np.add.at(places, (slice(None), mesh.copied), parts)
    return places


def model_arrays(surface: Surface, model: Coarse) -> dict[str, np.ndarray]:
    """The arrays of the pack, but for its texture."""
    mesh, finer = surface.mesh, surface.finer
    rest = finer @ mesh.vertices(model.mean)
    low, high = rest.min(0), rest.max(0)
    return {
        "mean": rest.ravel().astype(np.float32),
        "shape_basis": _columns(finer, model.shapes[:, mesh.copied]),
        "expression_basis": _columns(finer, mesh.with_steady_eyes(model.expressions[:, mesh.copied])),
        "triangles": surface.triangles,
        "landmark_indices": landmark_indices(rest),
        "pncc": ((rest - low) / (high - low)).astype(np.float32),
        "uv": unwrapped(surface, model.mean).astype(np.float32),
    }


def _columns(finer: np.ndarray, modes: np.ndarray) -> np.ndarray:
    """(3 N, k) float16: ``modes`` (k, n, 3) of the mesh's vertices on the finer ones, a column each."""
    return np.einsum("vb,kbc->vck", finer, modes).reshape(3 * len(finer), -1).astype(np.float16)


if __name__ == "__main__":
    command.run(main)
