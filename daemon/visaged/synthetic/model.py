"""A face model with all that it takes to draw its faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from visaged import _native
from visaged.errors import ModelError
from visaged.models import Pack
from visaged.models.manifest import Role
from visaged.render.surface import check_topology, dense_model
from visaged.vision.face_model import model_arrays

Array = NDArray[np.float32]

LIDS = (((43, 47), (44, 46)), ((37, 41), (38, 40)))
"""Landmarks above and below the left and the right eye."""
NARROWEST, WIDEST = 0.75, 1.3
"""How far the eyes of anybody at rest are open at least and at most, in parts of the mean face's."""

NEEDED: tuple[Role, ...] = ("lid_left", "lid_right", "jaw")


@dataclass(frozen=True)
class Model:
    """N vertices, whose arrays are those of ``models.pack.FACE_ARRAYS``; here ``mean`` is (N, 3).

    ``dense`` projects them. ``roles``: what the first expressions do. ``pose``: how many parameters are of the pose;
    ``size``: the side of the regressor's crop in pixels.
    """

    mean: Array
    shape_basis: Array
    expression_basis: Array
    texture_mean: Array
    texture_basis: Array
    param_std: Array
    triangles: NDArray[np.int32]
    landmark_indices: NDArray[np.int32]
    dense: _native.DenseModel
    roles: Sequence[Role]
    pose: int
    size: int

    @property
    def shape_std(self) -> Array:
        """(40,): the usual size of each shape coefficient."""
        return self.param_std[self.pose : self.first_expression]

    @property
    def textures(self) -> int:
        """How many texture modes there are."""
        return int(self.texture_basis.shape[1])

    @property
    def first_expression(self) -> int:
        """Where the expressions begin among the parameters."""
        return self.pose + int(self.shape_basis.shape[1])

    def face(self, shape: Array) -> Array:
        """(N, 3): the face at rest with these coefficients (40,)."""
        return self.mean + (self.shape_basis @ shape).reshape(-1, 3)

    def texture(self, coefficients: Array) -> Array:
        """(N, 3): blue, green and red of each vertex, grey levels, with these coefficients in standard deviations."""
        return (self.texture_mean + self.texture_basis @ coefficients).reshape(-1, 3)

    def params(self, shape: Array, acts: dict[Role, float], mood: Sequence[float]) -> Array:
        """(62,) de-normalised, the pose 0. ``acts``: 0 to 1 by role, from eyes as they are at rest to shut ones, and
        from closed lips to wide ones. ``mood``: the other expressions in standard deviations; those that are left out
        are 0."""
        params = np.zeros(len(self.param_std), np.float32)
        params[self.pose : self.first_expression] = shape
        first_mood = self.first_expression + len(self.roles)
        free = self.param_std[first_mood:]
        params[first_mood : first_mood + len(mood)] = free[: len(mood)] * mood[: len(free)]
        done = {**acts, **self._lids(params[self.pose :], acts)}
        params[self.first_expression : first_mood] = [done[role] for role in self.roles]
        return params

    def _lids(self, coefficients: Array, acts: dict[Role, float]) -> dict[Role, float]:
        """What of the modes of the lids does what ``acts`` say to a face with these ``coefficients`` (50,), whose shape
        and mood open or close its eyes, too."""
        found = self._lids_apart(coefficients) / self._lids_apart(np.zeros_like(coefficients))
        rest = np.clip(found, NARROWEST, WIDEST)
        left, right = (found - rest * (1 - np.array([acts["lid_left"], acts["lid_right"]]))).tolist()
        return {"lid_left": left, "lid_right": right}

    def _lids_apart(self, coefficients: Array) -> Array:
        """(2,): the upright gap of the left and the right eye of the face with these ``coefficients`` (50,)."""
        heights = self._landmark_heights + self._landmark_rises @ coefficients
        upper, lower = np.moveaxis(np.array(LIDS), -1, 0)
        apart: Array = (heights[upper] - heights[lower]).mean(-1)
        return apart

    @cached_property
    def _landmark_heights(self) -> Array:
        """(68,): y of the mean face's."""
        heights: Array = self.mean[self.landmark_indices, 1]
        return heights

    @cached_property
    def _landmark_rises(self) -> Array:
        """(68, 50): how each coefficient changes them."""
        rows = 3 * self.landmark_indices + 1
        return np.concatenate([self.shape_basis[rows], self.expression_basis[rows]], axis=1)


def open_model(pack: Pack) -> Model:
    """Of ``pack``; raises ModelError where it has no texture, no lids or jaw, or its arrays do not fit."""
    spec, arrays = model_arrays(pack, ("triangles", "texture_mean", "texture_basis"))
    dense = dense_model(pack, spec, arrays)
    check_topology(pack, dense.vertices, arrays)
    rows = len(arrays["mean"])
    textures_fit = len(arrays["texture_mean"]) == len(arrays["texture_basis"]) == rows
    if not textures_fit or not {*NEEDED} <= {*pack.roles}:
        raise ModelError(f"{pack.folder}: its faces cannot be drawn, for want of colours, lids or a jaw")
    return Model(
        mean=arrays["mean"].reshape(-1, 3),
        shape_basis=arrays["shape_basis"],
        expression_basis=arrays["expression_basis"],
        texture_mean=arrays["texture_mean"],
        texture_basis=arrays["texture_basis"],
        param_std=arrays["param_std"],
        triangles=arrays["triangles"],
        landmark_indices=arrays["landmark_indices"],
        dense=dense,
        roles=pack.roles,
        pose=spec.pose,
        size=spec.size,
    )
