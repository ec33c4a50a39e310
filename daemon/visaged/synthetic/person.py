"""Who is drawn: the face and its colours, hair and clothes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from visaged.synthetic.surround import AROUND, CURTAIN, SHELL_ROWS, Surround

Colour = tuple[float, float, float]
Coefficients = NDArray[np.float32]

HAIR_COLOURS: tuple[Colour, ...] = (
    (22, 20, 20),
    (28, 32, 42),
    (32, 46, 72),
    (48, 84, 128),
    (96, 150, 186),
    (135, 138, 140),
)
"""Blue, green, red: black, dark, brown, light brown, fair, grey."""

BALD, SHORT, LONG = "bald", "short", "long"
STRANDS = 0.22
"""How much the brightness of hair varies."""


class Person(msgspec.Struct, frozen=True):
    """Somebody. Colours are blue, green and red.

    ``shape`` and ``texture``: coefficients of the face model, de-normalised and in standard deviations. ``cut``: of the
    hair, "bald", "short" or "long".
    """

    shape: Coefficients
    texture: Coefficients
    cut: str
    hair: Colour
    clothes: Colour
    collar: Colour


def random_person(random: np.random.Generator, shape_std: Coefficients, textures: int, spread: float = 0.8) -> Person:
    """Somebody: ``shape_std`` are the usual sizes of the shape coefficients, of which ``spread`` is taken."""
    return Person(
        shape=(random.normal(0, spread, len(shape_std)) * shape_std).astype(np.float32),
        texture=random.normal(0, spread, textures).astype(np.float32),
        cut=str(random.choice([SHORT, SHORT, LONG, BALD], p=[0.4, 0.2, 0.3, 0.1])),
        hair=_colour(HAIR_COLOURS[random.integers(len(HAIR_COLOURS))], random.uniform(0.8, 1.25)),
        clothes=_muted(random, 30, 170),
        collar=_muted(random, 110, 220),
    )


def colours(person: Person, face: NDArray[np.float32], surround: Surround) -> NDArray[np.float32]:
    """(N + count, 3): the colours of a ``face`` (N, 3) as the texture has it, and of its surround."""
    skin = np.median(face, axis=0)
    out = np.empty((surround.count, 3), np.float32)
    out[surround.parts["shell"]] = _shell(person, face[surround.rim], skin, surround.haired()).reshape(-1, 3)
    out[surround.parts["ears"]] = skin * (0.86, 0.88, 0.95)
    out[surround.parts["curtain"]] = np.multiply.outer(_strands(len(CURTAIN), AROUND).ravel(), person.hair)
    out[surround.parts["neck"]] = skin * 0.82
    body = np.tile(np.array(person.clothes, np.float32), (out[surround.parts["body"]].shape[0], 1))
    body[: 2 * AROUND] = person.collar
    out[surround.parts["body"]] = body
    return np.concatenate([np.clip(face, 0, 255), out])


def _shell(
    person: Person, rim: NDArray[np.float32], skin: NDArray[np.float32], haired: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(SHELL_ROWS, R, 3): the colours of the outline go over into skin, and that into hair."""
    back = np.linspace(0, 1, SHELL_ROWS + 1)[1:, None]
    bare = rim + (skin * 0.85 - rim) * np.minimum(back * 4, 1)[..., None]
    if person.cut == BALD:
        return bare
    hair = np.multiply.outer(_strands(SHELL_ROWS, len(rim)), person.hair)
    return bare + (hair - bare) * haired[..., None]


def _strands(rows: int, around: int) -> NDArray[np.float64]:
    """(rows, around): the brightness of hair, the same for everybody."""
    random = np.random.default_rng(5)
    return 1 + STRANDS * (random.standard_normal(around) + 0.4 * random.standard_normal((rows, around)))


def _muted(random: np.random.Generator, darkest: float, brightest: float) -> Colour:
    """A colour as clothes have it: not far from grey."""
    return _colour(1 + random.normal(0, 0.2, 3), random.uniform(darkest, brightest))


def _colour(parts: Sequence[float] | NDArray[np.float64], brightness: float) -> Colour:
    blue, green, red = (min(max(part * brightness, 0.0), 255.0) for part in parts)
    return blue, green, red
