"""What ``bench.py`` measures of reconstruction and rendering: the stages, and how their cost grows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from visaged.assembly import Vision
from visaged.render.occlusion import Occlusion
from visaged.render.renderer import Renderer
from visaged.render.surface import open_dense
from visaged.values import Face, Image, Mesh

SIZES = (64, 128, 256, 512, 1024)
FACES = (1, 4, 16)
STRIDES = (1, 2, 4, 8, 16)
WIDTH, HEIGHT = 1920, 1080

Calls = dict[str, Callable[[], object]]


def rendering_stages(vision: Vision, image: Image, face: Face) -> Calls:
    """A call for each stage, from the parameters of ``face``: all but ``dense`` and ``hidden`` reconstruct, too."""
    surface, renderer = vision.surface(), Renderer(vision.surface())
    height, width = image.shape[:2]
    occlusion = vision.occlusion()
    assert isinstance(occlusion, Occlusion)
    return {
        "dense": lambda: surface.mesh(face),
        "depth": lambda: renderer.depth(surface.mesh(face), width, height),
        "pncc": lambda: renderer.pncc(image, [surface.mesh(face)]),
        "normals": lambda: renderer.normals(image, [surface.mesh(face)]),
        "mesh": lambda: renderer.overlay(image, [surface.mesh(face)]),
        "uv_tex": lambda: renderer.uv_texture(image, surface.mesh(face), 256),
        "hidden": lambda: occlusion.hidden(face),
    }


def growth_stages(vision: Vision, face: Face) -> dict[str, Calls]:
    """By what grows: the face's size in pixels, the number of faces, the number of vertices; then by how much."""
    surface, renderer = vision.surface(), Renderer(vision.surface())
    mesh, canvas = surface.mesh(face), np.zeros((HEIGHT, WIDTH, 3), np.uint8)

    def at_size(size: int) -> Calls:
        drawn = resized(mesh, size)
        return {
            f"depth {size} px": lambda: renderer.depth(drawn, WIDTH, HEIGHT),
            f"mesh {size} px": lambda: renderer.overlay(canvas, [drawn]),
        }

    def with_faces(count: int) -> Calls:
        spread = [moved(resized(mesh, 200), 210 * (i % 4), 230 * (i // 4)) for i in range(count)]
        return {
            f"depth {count} faces": lambda: [renderer.depth(m, WIDTH, HEIGHT) for m in spread],
            f"mesh {count} faces": lambda: renderer.overlay(canvas, spread),
        }

    def at_stride(stride: int) -> Calls:
        dense = open_dense(vision.pack, slice(None, None, stride))
        out = np.empty((3, dense.vertices), np.float32)
        return {f"dense {dense.vertices} vertices": lambda: dense.project(face.params, face.roi, out, surface.size)}

    return {
        "face size": {name: call for size in SIZES for name, call in at_size(size).items()},
        "faces": {name: call for count in FACES for name, call in with_faces(count).items()},
        "vertices": {name: call for stride in STRIDES for name, call in at_stride(stride).items()},
    }


def resized(mesh: Mesh, size: int) -> Mesh:
    """The mesh at the top-left of the picture, its longer side ``size`` pixels."""
    low = mesh.vertices.min(axis=1, keepdims=True)
    factor = np.float32(size / np.ptp(mesh.vertices[:2], axis=1).max())
    return Mesh(np.ascontiguousarray((mesh.vertices - low) * factor), mesh.scale * float(factor))


def moved(mesh: Mesh, x: int, y: int) -> Mesh:
    """The mesh, so many pixels farther to the right and down."""
    shift = np.array([[x], [y], [0]], np.float32)
    return Mesh(np.ascontiguousarray(mesh.vertices + shift), mesh.scale)
