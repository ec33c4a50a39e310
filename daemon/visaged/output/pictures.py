"""Everything that can be shown of the faces of a picture, each by the name of its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from visaged.draw import draw_landmarks, draw_points, draw_poses, is_known
from visaged.formats.solid import Solid, solid_of
from visaged.models import lacks
from visaged.output.kinds import PICTURE_KINDS
from visaged.render.renderer import Renderer
from visaged.render.surface import Surface
from visaged.values import Face, Image, Mesh

__all__ = ["PICTURE_KINDS", "Painter", "Scene"]

_DRAWN: dict[str, Callable[[Image, Sequence[Face]], Image]] = {"2d_sparse": draw_landmarks, "pose": draw_poses}
_RENDERED: dict[str, Callable[[Renderer, Image, Sequence[Mesh]], Image]] = {
    "3d": Renderer.overlay,
    "depth": Renderer.depth_picture,
    "pncc": Renderer.pncc,
    "normals": Renderer.normals,
}

TEXTURE_SIZE = 1024
"""The sides of a texture in pixels; a face that fills a picture of a few megapixels keeps its detail."""


class Painter:
    """Paints pictures of faces; the surface and the renderer are opened when the first kind needs them.

    ``open_surface`` gives the dense surface of the pack; it raises ModelError where the pack lacks one. A painter
    belongs to one thread, as its renderer does.
    """

    def __init__(self, open_surface: Callable[[], Surface]) -> None:
        self._open_surface = open_surface

    @cached_property
    def surface(self) -> Surface:
        """The dense surface of the pack; ModelError where it lacks one."""
        return self._open_surface()

    @cached_property
    def renderer(self) -> Renderer:
        """The renderer of that surface."""
        return Renderer(self.surface)

    def check(self, kind: str) -> None:
        """Raise ModelError where the pack lacks what ``kind``, of pictures or files, needs."""
        if kind in _DRAWN:
            return
        surface = self.surface
        part = {"pncc": "pncc", "uv_tex": "uv"}.get(kind)
        if part is not None and getattr(surface, part) is None:
            raise lacks(surface.pack, part)

    def scene(self, image: Image, faces: Sequence[Face]) -> Scene:
        """``image`` (height, width, 3) with its ``faces``, for several kinds at the price of one reconstruction."""
        return Scene(self, image, faces)

    def paint(self, kind: str, image: Image, faces: Sequence[Face]) -> Image:
        """A new picture of the size of ``image``; ``kind`` is one of PICTURE_KINDS.

        Raises ModelError where the pack lacks what the kind needs.
        """
        return self.scene(image, faces).paint(kind)


class Scene:
    """A picture and its faces, whose surfaces are reconstructed when first needed and only once.

    Lines and dots show faces that are not believed in orange; what is rendered cannot, and leaves them out, as it does
    a surface that is nowhere (NaN).
    """

    def __init__(self, painter: Painter, image: Image, faces: Sequence[Face]) -> None:
        self.image = image
        self.faces = faces
        self._painter = painter

    def paint(self, kind: str) -> Image:
        """As Painter.paint."""
        if kind in _DRAWN:
            return _DRAWN[kind](self.image, self.faces)
        if kind == "2d_dense":
            return draw_points(self.image, list(self._known.values()))
        return _RENDERED[kind](self._painter.renderer, self.image, list(self.meshes.values()))

    @cached_property
    def meshes(self) -> dict[int, Mesh]:
        """The surfaces of the faces that are believed, by their number among all faces, from 1."""
        return {number: mesh for number, (face, mesh) in self._known.items() if face.valid}

    def shown(self, kind: str) -> Sequence[int]:
        """The numbers of the faces that ``kind``, of pictures or files, shows."""
        if kind in _DRAWN:
            return [number for number, face in enumerate(self.faces, 1) if is_known(face)]
        return list(self._known if kind == "2d_dense" else self.meshes)

    @cached_property
    def solids(self) -> dict[int, Solid]:
        """The surfaces in the colours of the picture, by number, as files take them."""
        surface = self._painter.surface
        return {
            number: solid_of(mesh, surface.triangles, self.image, surface.uv) for number, mesh in self.meshes.items()
        }

    @cached_property
    def textures(self) -> dict[int, tuple[Image, NDArray[np.bool_]]]:
        """The texture (TEXTURE_SIZE, TEXTURE_SIZE, 3) of each surface, and which of its texels are seen.

        Raises ModelError where the pack has no UVs.
        """
        renderer, meshes = self._painter.renderer, self.meshes
        others = list(meshes.values())
        return {n: renderer.uv_texture(self.image, mesh, TEXTURE_SIZE, others) for n, mesh in meshes.items()}

    @cached_property
    def _known(self) -> dict[int, tuple[Face, Mesh]]:
        """Every face whose surface is somewhere, by number."""
        known = [(number, face) for number, face in enumerate(self.faces, 1) if is_known(face)]
        meshes = [(number, face, self._painter.surface.mesh(face)) for number, face in known]
        return {number: (face, mesh) for number, face, mesh in meshes if bool(np.isfinite(mesh.vertices).all())}
