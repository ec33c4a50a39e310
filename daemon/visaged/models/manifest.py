"""The content of ``pack.toml``, and its reading and writing."""

from __future__ import annotations

import json
from typing import Any, Literal

import msgspec

from visaged import toml

NAME = "pack.toml"
FORMAT: Literal[1] = 1


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the originals are published."""

    repository: str
    commit: str


class Original(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file the pack was made from: its git blob id as found, and whether it is upstream's."""

    blob: str
    matched: bool


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the pack."""

    sha256: str
    size: int


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many parameters of each kind, in this order."""

    pose: int = 12
    shape: int = 40
    expression: int = 10


class Regressor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A network from a square crop to parameters: input = (grey - mean) / scale.

    ``signals``: the name of its second output, six numbers (see ``vision.signals``); None where it has none.
    """

    file: str
    input: str
    output: str
    size: int
    channels: Literal["bgr"]
    mean: float
    scale: float
    width: float
    layout: Layout
    signals: str | None = None

    def __post_init__(self) -> None:
        if self.signals in ("", self.output):
            raise ValueError(f"signals = {self.signals!r} does not name an output of its own")


class Detector(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A face detector; ``kind`` says how its outputs are to be read."""

    file: str
    kind: Literal["faceboxes", "yunet"]
    input: str


Role = Literal["lid_left", "lid_right", "jaw"]


class FaceModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The morphable model's arrays.

    ``roles``: what the first expressions do, in their order: shut the person's own left or right lid, drop the jaw.
    Such a coefficient is 0 for an open eye or a closed mouth, and 1 for a shut lid or a wide yawn. Empty where the
    expressions are statistical ones throughout.
    """

    file: str
    roles: tuple[Role, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.roles)) < len(self.roles):
            raise ValueError(f"roles = {list(self.roles)} names one twice")


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All of ``pack.toml``. ``verified`` is false where an original was not upstream's."""

    format: Literal[1]
    name: str
    version: str
    licence: str
    permitted_use: str
    verified: bool
    source: Source
    sources: dict[str, Original]
    files: dict[str, File]
    regressor: Regressor | None = None
    detector: Detector | None = None
    face_model: FaceModel | None = None

    def __post_init__(self) -> None:
        for name in self.files:
            if not name or name.startswith(".") or "/" in name or "\\" in name:
                raise ValueError(f"{name!r} is not the plain name of a file")
        for part in (self.regressor, self.detector, self.face_model):
            if part is not None and part.file not in self.files:
                raise ValueError(f"{part.file!r} is not among the pack's files")
        if self.face_model is not None and self.regressor is not None:
            roles, expressions = len(self.face_model.roles), self.regressor.layout.expression
            if roles > expressions:
                raise ValueError(f"{roles} roles are more than the layout's {expressions} expressions")


def decode(text: str) -> Manifest:
    """Read a ``pack.toml``; raises ValueError (TOML's and msgspec's errors are ones) with the reason."""
    return msgspec.convert(toml.loads(text), Manifest)


def encode(manifest: Manifest) -> str:
    """The text of ``pack.toml``; ``decode`` gives the same manifest back."""
    return "\n".join(_table("", msgspec.to_builtins(manifest))).lstrip() + "\n"


def _table(header: str, values: dict[str, Any]) -> list[str]:
    """The lines of one table: its plain values first, then its tables."""
    plain = {key: value for key, value in values.items() if not isinstance(value, dict)}
    lines = ["", f"[{header}]"] if header and (plain or not values) else []
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in values.items():
        if isinstance(value, dict):
            lines += _table(f"{header}.{_key(key)}" if header else _key(key), value)
    return lines


def _key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else _value(key)


def _value(value: object) -> str:
    """A TOML value; JSON writes numbers, booleans and strings as TOML does, but for the one character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
