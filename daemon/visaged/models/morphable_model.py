"""Writes ``face_model.npz`` from the files of upstream's ``configs/`` folder."""

from __future__ import annotations

import tokenize
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visaged.errors import ModelError
from visaged.models.mat_file import load_matrix
from visaged.models.restricted_pickle import load_arrays

BFM = "configs/bfm_noneck_v3.pkl"
TRIANGLES = "configs/tri.pkl"
STATISTICS = "configs/param_mean_std_62d_120x120.pkl"
UV = "configs/BFM_UV.mat"
UV_ROWS = "configs/indices.npy"
PNCC = "configs/ncc_code.npy"

SHAPES = 40
EXPRESSIONS = 10
PARAMS = 12 + SHAPES + EXPRESSIONS
LANDMARKS = 68

Arrays = dict[str, NDArray[Any]]
Files = Mapping[str, Path]


def write_face_model(files: Files, npz_file: Path) -> None:
    """Convert the originals (``files`` by path in upstream's repository) to the arrays of ``pack.FACE_ARRAYS``.

    Stored uncompressed, so that reading one array costs no more than its bytes. Raises ModelError where an
    original is damaged or does not fit the others.
    """
    arrays = _geometry(files[BFM])
    vertices = len(arrays["mean"]) // 3
    arrays["triangles"] = _triangles(files[TRIANGLES], vertices)
    arrays |= _statistics(files[STATISTICS])
    arrays["uv"] = _texture_coordinates(files[UV], files[UV_ROWS], vertices)
    codes = _expect(_load_npy(files[PNCC]), "f", (3, vertices), files[PNCC])
    arrays["pncc"] = np.ascontiguousarray(codes.T, np.float32)
    _write_npz(npz_file, arrays)


def _write_npz(path: Path, arrays: Arrays) -> None:
    """As numpy's savez does, but for the time stamps: the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _geometry(path: Path) -> Arrays:
    model = load_arrays(path)
    mean = _expect(_entry(model, "u", path), "f", (None, 1), path)[:, 0]
    if len(mean) % 3:
        raise ModelError(f"{path} is not a face model: the mean face is not made of x, y, z")
    shape = _expect(_entry(model, "w_shp", path), "f", (len(mean), None), path)
    expression = _expect(_entry(model, "w_exp", path), "f", (len(mean), None), path)
    if shape.shape[1] < SHAPES or expression.shape[1] < EXPRESSIONS:
        raise ModelError(f"{path} has fewer than {SHAPES} shapes or {EXPRESSIONS} expressions")
    # Three consecutive rows (x, y, z) per landmark in the file; one vertex index is what they mean.
    rows = _expect(_entry(model, "keypoints", path), "iu", (3 * LANDMARKS,), path)
    landmarks = _indices(rows[::3] // 3, len(mean) // 3, path)
    return {
        "mean": np.ascontiguousarray(mean, np.float32),
        "shape_basis": np.ascontiguousarray(shape[:, :SHAPES], np.float32),
        "expression_basis": np.ascontiguousarray(expression[:, :EXPRESSIONS], np.float32),
        "landmark_indices": landmarks,
    }


def _triangles(path: Path, vertices: int) -> NDArray[np.int32]:
    return np.ascontiguousarray(_indices(_expect(load_arrays(path), "iu", (3, None), path), vertices, path).T)


def _statistics(path: Path) -> Arrays:
    statistics = load_arrays(path)
    mean = _expect(_entry(statistics, "mean", path), "f", (PARAMS,), path)
    deviation = _expect(_entry(statistics, "std", path), "f", (PARAMS,), path)
    if not (deviation > 0).all():
        raise ModelError(f"{path}: a parameter's standard deviation is not positive; the file is damaged")
    return {"param_mean": mean.astype(np.float32), "param_std": deviation.astype(np.float32)}


def _texture_coordinates(mat_file: Path, rows_file: Path, vertices: int) -> NDArray[np.float32]:
    coordinates = _expect(load_matrix(mat_file, "UV"), "f", (None, 2), mat_file)
    rows = _expect(_load_npy(rows_file), "iu", (vertices,), rows_file)
    return np.ascontiguousarray(coordinates[_indices(rows, len(coordinates), rows_file)], np.float32)


def _entry(values: Any, key: str, path: Path) -> Any:
    if not isinstance(values, dict) or key not in values:
        raise ModelError(f"{path} has no {key!r}: it is not upstream's kind of file")
    return values[key]


def _expect(array: Any, kinds: str, shape: tuple[int | None, ...], path: Path) -> NDArray[Any]:
    """The array itself, if its number type and shape are right (None: any size); floats must be finite."""
    fits = (
        isinstance(array, np.ndarray)
        and array.dtype.kind in kinds
        and array.ndim == len(shape)
        and all(wanted in (None, size) for wanted, size in zip(shape, array.shape, strict=True))
    )
    if not fits:
        wanted = "x".join("any" if size is None else str(size) for size in shape)
        found = "x".join(map(str, array.shape)) if isinstance(array, np.ndarray) else "no array"
        raise ModelError(f"{path} does not fit the other files: {wanted} numbers expected, {found} found")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelError(f"{path} holds numbers that are not finite; the file is damaged")
    return array  # type: ignore[no-any-return]  # an ndarray, as checked


def _indices(values: NDArray[Any], count: int, path: Path) -> NDArray[np.int32]:
    if values.size == 0 or values.min() < 0 or values.max() >= count:
        raise ModelError(f"{path} refers to a vertex that the face model does not have")
    return values.astype(np.int32)


def _load_npy(path: Path) -> NDArray[Any]:
    try:
        # Mapping instead of reading compares the declared size with the file's before any memory is taken.
        return np.array(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError, SyntaxError, TypeError, tokenize.TokenError) as exc:
        raise ModelError(f"{path} is not a readable array file; copy or download it again") from exc
