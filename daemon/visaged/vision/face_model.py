"""The morphable face model: parameters in, landmarks and pose out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from visaged import _native
from visaged.errors import ModelError
from visaged.models import Pack, RegressorSpec, face_arrays
from visaged.values import Box, Pose
from visaged.vision.openings import Openings

Array = NDArray[np.float32]

LANDMARKS = 68
LINEAR_MODEL = ("mean", "shape_basis", "expression_basis", "landmark_indices", "param_mean", "param_std")
"""The arrays that landmarks and vertices are computed from."""

POSE = 12
"""The parameters before the shape's: a 3x4 matrix."""


class Fit(msgspec.Struct, frozen=True):
    """What the parameters say of one face.

    ``params`` (62,) de-normalised; ``deviations`` (50,) shape and expression in standard deviations of the training
    set; ``landmarks`` (68, 3) image pixels and the tight ``box`` around them; ``distortion``: how far the regressed
    3x3 block is from a scaled rotation (largest over smallest singular value, less 1; infinite where it is no rotation
    at all).
    """

    params: Array
    deviations: Array
    landmarks: Array
    box: Box
    pose: Pose
    distortion: float


class FaceModel:
    """Turns the regressor's answer into a ``Fit``.

    ``mean`` (204,) and ``basis`` (204, shape + expression): the 68 landmark vertices in model units, x, y, z in turn.
    ``param_mean`` and ``param_std`` (62,) undo the normalisation. ``pose`` and ``shape``: how many parameters are of
    either. ``size``: the side of the crop in pixels.
    """

    def __init__(
        self, mean: Array, basis: Array, *, param_mean: Array, param_std: Array, pose: int, shape: int, size: int
    ) -> None:
        self._landmarks = _native.LandmarkModel(mean, basis)
        self._param_mean = param_mean
        self._param_std = param_std
        self._pose = pose
        self.size = size
        self.openings = Openings(basis, shape)

    def fit(self, answer: Array, roi: Box) -> Fit:
        """The face that the regressor's ``answer`` (62,) to a crop of ``roi`` describes."""
        return self._fit(answer * self._param_std + self._param_mean, answer, roi)

    def refit(self, params: Array, roi: Box) -> Fit:
        """The face that de-normalised ``params`` (62,) for a crop of ``roi`` describe."""
        return self._fit(params, (params - self._param_mean) / self._param_std, roi)

    def _fit(self, params: Array, answer: Array, roi: Box) -> Fit:
        landmarks = self._landmarks.landmarks(params, roi, self.size)
        rotation, quaternion, (yaw, pitch, roll), scale, distortion = _native.pose(params)
        pose = Pose(rotation, quaternion, yaw, pitch, roll, scale)
        return Fit(params, answer[self._pose :], landmarks, _native.bounds(landmarks), pose, distortion)


def open_face_model(pack: Pack) -> FaceModel:
    """The face model of ``pack``; raises ModelError where the pack has none or its arrays do not fit its regressor."""
    spec, arrays = model_arrays(pack)
    coordinates = (arrays["landmark_indices"][:, None] * 3 + np.arange(3)).ravel()
    basis = np.concatenate([arrays["shape_basis"][coordinates], arrays["expression_basis"][coordinates]], axis=1)
    return FaceModel(
        np.ascontiguousarray(arrays["mean"][coordinates]),
        np.ascontiguousarray(basis),
        param_mean=np.ascontiguousarray(arrays["param_mean"]),
        param_std=np.ascontiguousarray(arrays["param_std"]),
        pose=spec.pose,
        shape=spec.shape,
        size=spec.size,
    )


def model_arrays(
    pack: Pack, names: Iterable[str] = (), optional: Iterable[str] = ()
) -> tuple[RegressorSpec, dict[str, NDArray[Any]]]:
    """The regressor of ``pack``, the arrays of its linear model that fit it, and others as ``face_arrays`` gives them.

    Raises ModelError where the pack lacks one or they do not fit.
    """
    if pack.regressor is None:
        raise ModelError(f"pack {pack.name} has no regressor; choose another pack with --pack or model.pack")
    arrays = face_arrays(pack, (*LINEAR_MODEL, *names), optional)
    _check(pack, pack.regressor, arrays)
    return pack.regressor, arrays


def _check(pack: Pack, spec: RegressorSpec, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raise ModelError unless the arrays fit each other, the regressor, and what 68 landmarks and a pose need."""
    indices = arrays["landmark_indices"]
    rows, parameters = len(arrays["mean"]), spec.pose + spec.shape + spec.expression
    expected = {
        "shape_basis": (rows, spec.shape),
        "expression_basis": (rows, spec.expression),
        "landmark_indices": (LANDMARKS,),
        "param_mean": (parameters,),
        "param_std": (parameters,),
    }
    shapes_fit = rows % 3 == 0 and all(arrays[name].shape == shape for name, shape in expected.items())
    if spec.pose != POSE or min(spec.shape, spec.expression) < 1 or not shapes_fit:
        raise ModelError(
            f"{pack.folder}: the face model does not fit the regressor's {parameters} parameters; import it again"
        )
    if not 0 <= indices.min() <= indices.max() < rows // 3:
        raise ModelError(f"{pack.folder}: a landmark of the face model is none of its vertices; import it again")
