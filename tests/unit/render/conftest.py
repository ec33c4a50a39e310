"""A made surface, faces that have it, and its pack with something changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visaged import models
from visaged.models import Pack, face_arrays
from visaged.mqtt import axes
from visaged.render.renderer import Renderer
from visaged.render.surface import Surface, open_surface
from visaged.values import Face, Mesh
from visaged.vision.face_model import open_face_model


@pytest.fixture(scope="session")
def made_pack(made_pack_dir: Path) -> Pack:
    return models.load("3ddfa_v2", made_pack_dir)


@pytest.fixture(scope="session")
def surface(made_pack: Pack) -> Surface:
    return open_surface(made_pack)


@pytest.fixture
def renderer(surface: Surface) -> Renderer:
    return Renderer(surface)


@pytest.fixture(scope="session")
def see(made_pack: Pack) -> Callable[..., Face]:
    """``see(x, y, size, yaw=0)``: the made face, its region ``size`` pixels wide around (x, y), turned by degrees."""
    model = open_face_model(made_pack)
    mean = face_arrays(made_pack, ("param_mean",))["param_mean"]

    def made(x: float, y: float, size: float, yaw: float = 0) -> Face:
        params = mean.copy()
        params[:12].reshape(3, 4)[:, :3] = mean[0] * np.array(axes.rotation(yaw, 0, 0))
        roi = (x - size / 2, y - size / 2, x + size / 2, y + size / 2)
        fit = model.refit(params, roi)
        return Face(1, 0.9, fit.box, roi, 0.9, True, None, fit.pose, fit.landmarks, params)

    return made


@pytest.fixture(scope="session")
def mesh_of(surface: Surface, see: Callable[..., Face]) -> Callable[..., Mesh]:
    """``mesh_of(x, y, size, yaw=0)``: the surface of that face; coordinates are whole 256ths, which add exactly."""

    def made(*place: float, **turned: float) -> Mesh:
        mesh = surface.mesh(see(*place, **turned))
        return Mesh(np.rint(mesh.vertices * 256) / np.float32(256), mesh.scale)

    return made


@pytest.fixture
def spoilt(made_pack: Pack, tmp_path: Path) -> Callable[..., Pack]:
    """``spoilt(name=change)``: the pack with arrays of its face model changed, or left out where change is None."""

    def make(**changes: Any) -> Pack:
        assert made_pack.face_model is not None
        with np.load(made_pack.face_model) as archive:
            arrays = dict(archive)
        for name, change in changes.items():
            array = arrays.pop(name)
            if change is not None:
                arrays[name] = change(array)
        np.savez(tmp_path / "face_model.npz", **arrays)
        return replace(made_pack, face_model=tmp_path / "face_model.npz")

    return make
