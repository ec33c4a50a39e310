"""The files that are made of a picture and its faces, by kind: names and contents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from visaged import __version__
from visaged.formats.obj import encode_mtl, encode_obj
from visaged.formats.ply import Form, encode_ply
from visaged.formats.png import encode_png
from visaged.formats.text import on_one_line
from visaged.formats.texture import filled, with_alpha
from visaged.models import Pack
from visaged.output.pictures import Scene

File = tuple[str, bytes]
"""A name and a content."""


class Results:
    """Makes the files of one ``stem`` after another. ``pack``: what the faces were made with. ``ply``: its form."""

    def __init__(self, pack: Pack, ply: Form = "binary") -> None:
        told = (f"pack {pack.name} {pack.version}", f"licence: {pack.licence}", f"permitted use: {pack.permitted_use}")
        self._comments = [f"made by visaged {__version__}", *map(on_one_line, told)]
        self._ply = ply

    def files(self, scene: Scene, stem: str, kinds: Iterable[str]) -> Iterator[File]:
        """What ``kinds`` come to; a kind of which ``scene`` has no face comes to nothing.

        Raises ModelError where the pack lacks what a kind needs.
        """
        for kind in kinds:
            if scene.shown(kind):
                yield from self._files(scene, stem, kind)

    def _files(self, scene: Scene, stem: str, kind: str) -> Iterator[File]:
        if kind == "uv_tex":
            for number, (texture, seen) in scene.textures.items():
                yield f"{stem}_uv_tex{number}.png", encode_png(with_alpha(texture, seen))
        elif kind == "ply":
            yield f"{stem}.ply", encode_ply(list(scene.solids.values()), self._comments, self._ply)
        elif kind == "obj":
            yield from self._obj(scene, stem)
        else:
            yield f"{stem}_{kind}.png", encode_png(scene.paint(kind))

    def _obj(self, scene: Scene, stem: str) -> Iterator[File]:
        """The OBJ file comes last, for it names the others."""
        solids = {f"face{number}": solid for number, solid in scene.solids.items()}
        materials = None
        if all(solid.uv is not None for solid in solids.values()):
            beside = file_name(stem)
            textures = [f"{beside}_texture{number}.png" for number in scene.textures]
            for name, (texture, seen) in zip(textures, scene.textures.values(), strict=True):
                yield name, encode_png(filled(texture, seen))
            materials = f"{beside}.mtl"
            yield materials, encode_mtl(list(zip(solids, textures, strict=True)))
        yield f"{stem}.obj", encode_obj(list(solids.items()), self._comments, materials)


def file_name(stem: str) -> str:
    """``stem`` as OBJ and MTL files can name it: they know no blanks."""
    return re.sub(r"[^\w.-]", "_", stem)
