"""A model pack on disk: its description, its parts, and the arrays of its face model."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visaged.errors import ModelError
from visaged.models import blob, manifest
from visaged.models.manifest import Manifest, Role

FACE_ARRAYS: dict[str, tuple[str, type[np.generic], int]] = {
    "mean": ("mean face", np.float32, 1),
    "shape_basis": ("shape basis", np.float32, 2),
    "expression_basis": ("expression basis", np.float32, 2),
    "triangles": ("triangles", np.int32, 2),
    "landmark_indices": ("landmarks", np.int32, 1),
    "param_mean": ("parameter means", np.float32, 1),
    "param_std": ("parameter deviations", np.float32, 1),
    "uv": ("UVs", np.float32, 2),
    "pncc": ("PNCC codes", np.float32, 2),
    "texture_mean": ("mean texture", np.float32, 1),
    "texture_basis": ("texture modes", np.float32, 2),
}
"""The arrays of ``face_model.npz``: what each is called in words, its number type, its number of dimensions.

N vertices, M triangles: mean (3N,) x, y, z by vertex, micrometres for BFM packs; shape_basis (3N, 40);
expression_basis (3N, 10); triangles (M, 3) vertex indices, wound as in upstream's ``tri.pkl``: outward once y is
flipped to point down as image rows do (so inward in the model's own axes, where y points up); landmark_indices (68,)
the vertices of the iBUG landmarks; param_mean, param_std (62,); uv (N, 2) in [0, 1], v up; pncc (N, 3) in [0, 1];
texture_mean (3N,) blue, green, red by vertex, grey levels; texture_basis (3N, K), a standard deviation of each mode.
"""

HALVED = ("shape_basis", "expression_basis", "texture_basis")
"""Of these the ones that may be stored as float16, for half of the file; they are float32 once they are read."""

_UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    RuntimeError,
    MemoryError,
    SyntaxError,
    TypeError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What numpy and zipfile raise, as found by fuzzing, where bytes of an archive of arrays have changed."""


class PackIncompleteError(ModelError):
    """A file of the pack is not there."""


@dataclass(frozen=True, slots=True)
class RegressorSpec:
    """The regressing network: ``size`` x ``size`` BGR crop as (grey - ``mean``) / ``scale``, (1, 3, size, size).

    Output (1, ``pose`` + ``shape`` + ``expression``) normalised parameters. ``width`` is MobileNet's width factor.
    ``signals``: the name of the output (1, 6) that says more of the crop, None where there is none.
    """

    path: Path
    input: str
    output: str
    size: int
    mean: float
    scale: float
    width: float
    pose: int
    shape: int
    expression: int
    signals: str | None = None


@dataclass(frozen=True, slots=True)
class DetectorSpec:
    """The detecting network; ``kind`` is "faceboxes" or "yunet"."""

    path: Path
    kind: str
    input: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A model pack; a part that it lacks is None. ``sha256`` is by file name, as declared.

    ``roles``: what the first expressions of its face model do, see ``manifest.FaceModel``.
    """

    name: str
    version: str
    licence: str
    permitted_use: str
    verified: bool
    folder: Path
    regressor: RegressorSpec | None
    detector: DetectorSpec | None
    face_model: Path | None
    sha256: dict[str, str]
    size: int
    roles: tuple[Role, ...] = ()

    @property
    def has_signals(self) -> bool:
        """Whether its regressor says itself whether there is a face, and how far eyes and mouth are open."""
        return self.regressor is not None and self.regressor.signals is not None


def load_pack(folder: Path) -> Pack:
    """Read a pack's description and check that its files are there in the declared sizes.

    Raises PackIncompleteError where one is missing, ModelError where ``pack.toml`` or a file is damaged.
    """
    described = _read_manifest(folder)
    for name, file in described.files.items():
        _check_size(folder / name, file.size)
    return Pack(
        name=described.name,
        version=described.version,
        licence=described.licence,
        permitted_use=described.permitted_use,
        verified=described.verified,
        folder=folder,
        regressor=_regressor(folder, described),
        detector=_detector(folder, described),
        face_model=folder / described.face_model.file if described.face_model else None,
        sha256={name: file.sha256 for name, file in described.files.items()},
        size=sum(file.size for file in described.files.values()),
        roles=described.face_model.roles if described.face_model else (),
    )


def verify_pack(folder: Path) -> Pack:
    """As ``load_pack``, and read every file to compare its hash; raises ModelError where one differs."""
    pack = load_pack(folder)
    for name, expected in pack.sha256.items():
        try:
            found = blob.sha256(folder / name)
        except OSError as exc:
            raise ModelError(f"{folder / name} cannot be read ({exc.strerror})") from exc
        if found != expected:
            raise ModelError(f"{folder / name} is damaged: its content changed since import; import the pack again")
    return pack


def face_arrays(pack: Pack, names: Iterable[str], optional: Iterable[str] = ()) -> dict[str, NDArray[Any]]:
    """The asked arrays of the pack's face model, by name (see ``FACE_ARRAYS``); the others are not read.

    Those of ``optional`` that the pack lacks are left out. Raises ModelError naming the first of ``names`` that it
    lacks ("pack 'x' has no UVs ...").
    """
    if pack.face_model is None:
        raise ModelError(f"pack {pack.name!r} has no face model; use a pack that has one, such as open")
    try:
        if not zipfile.is_zipfile(pack.face_model):
            raise ValueError("not an archive of arrays")
        with np.load(pack.face_model, allow_pickle=False) as archive:
            wanted = [*names, *(name for name in optional if name in archive)]
            return {name: _face_array(pack, archive, name) for name in wanted}
    except _UNREADABLE as exc:
        raise ModelError(f"{pack.face_model} is damaged; import the pack {pack.name!r} again") from exc


def lacks(pack: str, array: str) -> ModelError:
    """The error that the pack named ``pack`` has no such array of ``FACE_ARRAYS``."""
    return ModelError(f"pack {pack!r} has no {FACE_ARRAYS[array][0]}, so the outputs that need them are not available")


def _face_array(pack: Pack, archive: Any, name: str) -> NDArray[Any]:
    words, kind, dimensions = FACE_ARRAYS[name]
    if name not in archive:
        raise lacks(pack.name, name)
    array: NDArray[Any] = archive[name]
    if name in HALVED and array.dtype == np.float16:
        array = array.astype(kind)
    if array.dtype != kind or array.ndim != dimensions:
        raise ModelError(f"{pack.face_model} is damaged: wrong shape of its {words}; import the pack again")
    return array


def _read_manifest(folder: Path) -> Manifest:
    path = folder / manifest.NAME
    try:
        return manifest.decode(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise PackIncompleteError(
            f"{folder} is not a whole model pack: {manifest.NAME} is missing; import it again"
        ) from exc
    except OSError as exc:
        raise ModelError(f"{path} cannot be read ({exc.strerror})") from exc
    except ValueError as exc:
        raise ModelError(f"{path} is damaged ({exc}); import the pack again") from exc


def _check_size(path: Path, expected: int) -> None:
    try:
        found = path.stat().st_size
    except FileNotFoundError as exc:
        raise PackIncompleteError(f"{path} is missing; import the pack again") from exc
    except OSError as exc:
        raise ModelError(f"{path} cannot be read ({exc.strerror})") from exc
    if found != expected:
        raise ModelError(f"{path} is damaged: {found} bytes in place of {expected}; import the pack again")


def _regressor(folder: Path, described: Manifest) -> RegressorSpec | None:
    part = described.regressor
    if part is None:
        return None
    return RegressorSpec(
        path=folder / part.file,
        input=part.input,
        output=part.output,
        size=part.size,
        mean=part.mean,
        scale=part.scale,
        width=part.width,
        pose=part.layout.pose,
        shape=part.layout.shape,
        expression=part.layout.expression,
        signals=part.signals,
    )


def _detector(folder: Path, described: Manifest) -> DetectorSpec | None:
    part = described.detector
    return DetectorSpec(folder / part.file, part.kind, part.input) if part else None
