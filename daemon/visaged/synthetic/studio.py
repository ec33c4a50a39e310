"""Draws people: a face model's surface and its surround, in colour and light."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from visaged import _native
from visaged.models import Pack
from visaged.synthetic.light import Light, illuminate
from visaged.synthetic.model import Array, Model, open_model
from visaged.synthetic.person import BALD, LONG, Person, colours
from visaged.synthetic.placing import to_image, upright
from visaged.synthetic.surround import FACE_HEIGHT, JOINT, Surround
from visaged.values import Box, Image

CHIN, BRIDGE = 8, 27
"""Landmarks that tell how large the surround must be."""


@dataclass(frozen=True)
class Sitter:
    """A person ready to be drawn: what does not change from frame to frame.

    ``colours`` (V, 3) of face and surround. ``surround`` (count, 3) for the face at rest, in model axes. ``joint``
    (3,): about which the head turns. ``height``: of the face in model units.
    """

    person: Person
    colours: Array
    surround: Array
    joint: Array
    height: float


class Studio:
    """Draws the people of one face model. Keeps buffers: one object per thread."""

    def __init__(self, model: Model) -> None:
        self.model = model
        chin, bridge = model.landmark_indices[[CHIN, BRIDGE]].tolist()
        self._surround = Surround(model.mean, model.triangles, chin, bridge)
        outline = (3 * self._surround.rim[:, None] + np.arange(3)).ravel()
        self._outline_basis = np.ascontiguousarray(model.expression_basis[outline])
        self._following = self._surround.following()[:, None, None]
        self._face = np.empty((3, len(model.mean)), np.float32)
        vertices = len(model.mean) + self._surround.count
        self._rasteriser = _native.Rasteriser(self._surround.triangles, vertices)
        self._vertices = np.empty((3, vertices), np.float32)
        self._normals = np.empty((vertices, 4), np.float32)
        self._colours = np.zeros((vertices, 4), np.uint8)
        self._depth, self._pixels = np.empty(0, np.float32), np.empty(0, np.uint8)

    def sitter(self, person: Person) -> Sitter:
        """``person``, ready to be drawn."""
        face = self.model.face(person.shape)
        surround = self._surround.vertices(face, hair=person.cut != BALD)
        if person.cut != LONG:
            surround[self._surround.parts["curtain"]] = np.nan  # what is nowhere is not drawn
        unit, origin = self._surround.measure(face)
        texture = self.model.texture(person.texture)
        joint = np.array(JOINT, np.float32) * unit + origin
        return Sitter(person, colours(person, texture, self._surround), surround, joint, unit * FACE_HEIGHT)

    def draw(self, target: Image, sitter: Sitter, params: Array, roi: Box, light: Light) -> None:
        """Draw over ``target`` the head that ``params`` (62,), de-normalised, describe in a crop of ``roi``.

        Their shape should be the sitter's, whose surround is made for it.
        """
        self.model.dense.project(params, roi, self._face, self.model.size)
        self._vertices[:, : self._face.shape[1]] = self._face
        self._vertices[:, self._face.shape[1] :] = self._placed(sitter, params, roi)
        self._rasteriser.normals(self._vertices, self._normals)
        illuminate(sitter.colours, self._normals, light, self._colours)
        top = max(math.floor(np.nanmin(self._vertices[1])), 0)
        if top < target.shape[0]:
            self._paint(target, top)

    def crop(self, person: Person, params: Array, light: Light, behind: Image) -> Image:
        """A picture as the regressor gets it: the head of ``params`` (62,) in front of ``behind``, of the crop's size.

        It has the colours and hair of ``person``, but the shape that ``params`` say.
        """
        shape = params[self.model.pose : self.model.first_expression]
        picture: Image = behind.copy()
        side = float(self.model.size)
        self.draw(picture, self.sitter(replace(person, shape=shape)), params, (0.0, 0.0, side, side), light)
        return picture

    def _paint(self, target: Image, top: int) -> None:
        """The rows from ``top`` on; a person reaches to the lower edge, and nearly from side to side."""
        height, width = target.shape[0] - top, target.shape[1]
        area = height * width
        if area > self._depth.size:
            self._depth, self._pixels = np.empty(area, np.float32), np.empty(3 * area, np.uint8)
        depth, pixels = self._depth[:area].reshape(height, width), self._pixels[: 3 * area].reshape(height, width, 3)
        self._rasteriser.colours(self._vertices, self._colours, 0, top, depth, pixels)
        _native.blend(depth, pixels, 0, top, 1.0, target, target)

    def _placed(self, sitter: Sitter, params: Array, roi: Box) -> Array:
        """(3, count): the surround in the image."""
        points = sitter.surround.copy()
        moved = (self._outline_basis @ params[self.model.first_expression :]).reshape(-1, 3)
        shell = points[self._surround.parts["shell"]].reshape(len(self._following), -1, 3)
        shell += self._following * moved
        head = to_image(params, roi, self.model.size)
        body = upright(head, sitter.joint)
        share = self._surround.with_head
        placed: Array = share * (head[:, :3] @ points.T + head[:, 3:])
        placed += (1 - share) * (body[:, :3] @ points.T + body[:, 3:])
        return placed


def open_studio(pack: Pack) -> Studio:
    """For the face model of ``pack``; raises ModelError where its faces cannot be drawn."""
    return Studio(open_model(pack))
