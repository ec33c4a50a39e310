"""What a face model lacks of a head: skull, hair, ears, neck and shoulders, so that it looks like somebody's.

A face model ends before the ears. The shell begins at its outline, goes back over an ellipsoid and closes behind;
the other parts stand on their own. Sizes are those of an average adult (Tilley, The Measure of Man and Woman, 1993) in
centimetres, scaled to the face: x right, y up from the chin, z at the viewer from the bridge of the nose.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from visaged.synthetic.grids import Points, Triangles, outline, rings, tube

FACE_HEIGHT = 17.5
"""From the chin to the top of the face model."""

SKULL, SKULL_RADII = (0.0, 13.6, -9.0), (7.9, 8.6, 9.6)
BEHIND = (0.0, -0.25, -1.0)
"""Where the shell closes: a direction from the middle of the skull."""

EAR, EAR_RADII, EAR_TILT = (7.7, 9.2, -9.2), (0.8, 3.2, 1.7), 0.45
JOINT = (0.0, 4.5, -9.0)
"""About which the head turns, on the body."""

NECK = (
    ((0.0, 4.5, -9.2), (5.4, 5.6)),
    ((0.0, 0.5, -9.8), (5.6, 5.8)),
    ((0.0, -2.5, -10.5), (6.4, 6.4)),
    ((0.0, -5.0, -10.8), (8.5, 7.5)),
)
NECK_WITH_HEAD = (1.0, 0.5, 0.0, 0.0)
BODY = (
    ((0.0, -2.6, -10.8), (7.4, 7.2)),
    ((0.0, -4.2, -10.8), (9.0, 8.0)),
    ((0.0, -6.5, -10.8), (16.0, 9.2)),
    ((0.0, -9.0, -10.8), (20.0, 10.2)),
    ((0.0, -14.0, -10.8), (22.5, 11.5)),
    ((0.0, -28.0, -10.8), (23.5, 12.5)),
    ((0.0, -70.0, -10.8), (24.0, 13.0)),
)
"""Centres and radii, downwards; the first two rings of the body are its collar."""

CURTAIN = (
    ((0.0, 17.0, -10.0), (7.4, 8.4)),
    ((0.0, 13.0, -10.2), (8.6, 9.8)),
    ((0.0, 6.0, -10.8), (9.3, 9.6)),
    ((0.0, -2.0, -11.5), (9.8, 8.6)),
    ((0.0, -4.0, -11.5), (8.8, 7.6)),
)
CURTAIN_OPEN = 0.27
"""Long hair hangs around the back of the head; of its turn so much is open to the front."""

HAIR = 0.9
"""How far hair stands off the skull."""

SHELL_ROWS, AROUND, EAR_ROWS = 16, 32, 9
HAIRLINE = ((0.0, 0.28, 0.42, 0.55, 0.75, 1.0), (-0.04, 0.0, 0.1, 0.28, 0.55, 0.8))
"""How far back hair begins, by how far down from the top of the outline to the chin; parts of the whole ways."""

HAIRLINE_WIDTH = 0.08
STIFF = 12.0
"""How fast the shell stops following what the face's outline does, the chin above all."""


class Surround:
    """The surround of a face model: its triangles, and its vertices for a given face.

    ``face`` (N, 3) is the mean face, ``triangles`` its own, ``chin`` and ``bridge`` two of its vertices (iBUG 8, 27).
    ``rim`` (R,): the outline of the face. ``triangles`` (M, 3): of both; those of the surround name vertices from N on.
    ``parts``: which vertices of the surround are what. ``with_head`` (count,): how much each goes with the head when it
    turns; the rest stays with the body.
    """

    def __init__(self, face: Points, triangles: Triangles, chin: int, bridge: int) -> None:
        self.rim = outline(triangles)
        self._chin, self._bridge = chin, bridge
        self._top_of_rim = int(face[self.rim, 1].argmax())
        rim, first = len(self.rim), len(face)
        sizes = {
            "shell": SHELL_ROWS * rim,
            "ears": 2 * EAR_ROWS * AROUND,
            "curtain": len(CURTAIN) * AROUND,
            "neck": len(NECK) * AROUND,
            "body": len(BODY) * AROUND,
        }
        ends = np.cumsum([0, *sizes.values()]).tolist()
        self.parts = {name: slice(*ends) for name, *ends in zip(sizes, ends, ends[1:], strict=False)}
        self.count = ends[-1]
        self.with_head = np.ones(self.count, np.float32)
        self.with_head[self.parts["body"]] = 0
        self.with_head[self.parts["neck"]] = np.repeat(NECK_WITH_HEAD, AROUND)
        self.triangles = np.concatenate([triangles, *self._joined(first)])

    def vertices(self, face: Points, *, hair: bool) -> Points:
        """(count, 3) in the axes of the model: the surround of the face (N, 3), at rest; with or without ``hair``."""
        unit, origin = self.measure(face)
        out = np.empty((self.count, 3), np.float32)
        for name, points in {
            "shell": self._shell((face[self.rim] - origin) / unit, HAIR if hair else 0.0),
            "ears": np.concatenate([_ear(side) for side in (-1.0, 1.0)]),
            "curtain": _curtain(),
            "neck": _rings(NECK),
            "body": _rings(BODY),
        }.items():
            out[self.parts[name]] = points.reshape(-1, 3)
        return np.asarray(out * unit + origin, np.float32)

    def measure(self, face: Points) -> tuple[float, Points]:
        """A centimetre in model units, and where the origin of this module's coordinates is in the model's."""
        unit = float(face[self.rim[self._top_of_rim], 1] - face[self._chin, 1]) / FACE_HEIGHT
        return unit, np.array([0.0, face[self._chin, 1], face[self._bridge, 2]], np.float32)

    def haired(self) -> NDArray[np.float32]:
        """(SHELL_ROWS, R): where hair grows, 0 to 1, by how far back, and how far down from the top of the outline."""
        count = len(self.rim)
        back = np.linspace(0, 1, SHELL_ROWS + 1)[1:, None]
        down = np.abs(np.arange(count) - self._top_of_rim) / count
        down = np.minimum(down, 1 - down) * 2
        hairline = np.interp(down, *HAIRLINE)
        return np.asarray(np.clip((back - hairline) / HAIRLINE_WIDTH, 0, 1), np.float32)

    def following(self) -> NDArray[np.float32]:
        """(SHELL_ROWS,): how much each row of the shell moves with the outline of the face."""
        return np.asarray(np.exp(-STIFF * np.linspace(0, 1, SHELL_ROWS + 1)[1:]), np.float32)

    def _joined(self, first: int) -> list[Triangles]:
        def numbers(name: str, rows: int) -> NDArray[np.int64]:
            place = self.parts[name]
            return np.arange(first + place.start, first + place.stop).reshape(rows, -1)

        shell = np.concatenate([self.rim[None], numbers("shell", SHELL_ROWS)])
        right, left = np.split(numbers("ears", 2 * EAR_ROWS), 2)
        curtain = tube(numbers("curtain", len(CURTAIN)))
        around = [tube(numbers("neck", len(NECK))), tube(numbers("body", len(BODY)))]
        # Hair that hangs is seen from inside, too.
        return [tube(shell), tube(right), tube(left), curtain, curtain[:, ::-1], *around]

    def _shell(self, rim: Points, hair: float) -> Points:
        """(SHELL_ROWS, R, 3) from the outline (R, 3): great circles to the pole behind, ever nearer to the skull.

        They are off it by the thickness of the ``hair``.
        """
        centre, radii = np.array(SKULL, np.float32), np.array(SKULL_RADII, np.float32)
        start = (rim - centre) / radii
        distance = np.linalg.norm(start, axis=1, keepdims=True)
        start = start / distance
        pole = np.array(BEHIND, np.float32) / np.linalg.norm(BEHIND)
        angle = np.arccos(np.clip(start @ pole, -1, 1))[:, None]
        share = np.linspace(0, 1, SHELL_ROWS + 1, dtype=np.float32)[1:, None, None]
        way = (np.sin((1 - share) * angle) * start + np.sin(share * angle) * pole) / np.sin(angle)
        thick = hair / SKULL_RADII[0] * self.haired()[..., None] * np.minimum(share * 6, 1)
        return np.asarray(centre + way * radii * (1 + (distance - 1) * (1 - share) ** 3 + thick), np.float32)


def _rings(shapes: tuple[tuple[tuple[float, float, float], tuple[float, float]], ...]) -> Points:
    centres, radii = (np.array(values, np.float32) for values in zip(*shapes, strict=True))
    return rings(centres, radii, AROUND)


def _ear(side: float) -> Points:
    """An ellipsoid (EAR_ROWS, AROUND, 3), tilted outward; ``side`` is 1 on the right of the picture."""
    polar = np.linspace(0, np.pi, EAR_ROWS)
    centres = np.zeros((EAR_ROWS, 3), np.float32)
    centres[:, 1] = EAR_RADII[1] * np.cos(polar)
    radii = np.sin(polar)[:, None] * np.array([EAR_RADII[0], EAR_RADII[2]])
    ear = rings(centres, radii.astype(np.float32), AROUND)
    cosine, sine = np.cos(EAR_TILT), -side * np.sin(EAR_TILT)
    turn = np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]], np.float32)
    return np.asarray(ear @ turn.T + np.array(EAR) * (side, 1, 1), np.float32)


def _curtain() -> Points:
    """As ``_rings``, but each goes around the back and returns the same way."""
    hanging = _rings(CURTAIN)
    centres = np.array([centre for centre, _ in CURTAIN], np.float32)
    radii = np.array([radii for _, radii in CURTAIN], np.float32)
    half = np.linspace(0, 1, AROUND // 2)
    turn = np.pi * (0.5 + CURTAIN_OPEN + 2 * (1 - CURTAIN_OPEN) * np.concatenate([half, half[::-1]]))
    hanging[..., 0] = centres[:, :1] + radii[:, :1] * np.cos(turn)
    hanging[..., 2] = centres[:, 2:] + radii[:, 1:] * np.sin(turn)
    return hanging
