"""Reads a snapshot back. Its files may come from anybody: whatever is wrong with them is one clear sentence."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from visaged.errors import SnapshotError
from visaged.printable import printable
from visaged.snapshots import estimate, names, record
from visaged.snapshots.levels import INVALID, to_depth
from visaged.snapshots.record import File, Record
from visaged.sources import headers
from visaged.sources.opencv import quiet

LARGEST_SIDECAR = 256 * 1024
LARGEST_PICTURE = 64 * 1024 * 1024
MOST_PIXELS = 40_000_000
"""More than the largest picture of any camera that visaged reads has."""

LARGEST_NUMBER = 1e12
PARAMS = 62
_GREY_16 = b"\x10\x00"
"""Bit depth and colour type in a PNG's header (PNG specification, 11.2.2)."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a sidecar says, and the ``values`` (height, width) of its picture of depth."""

    record: Record
    folder: Path
    values: NDArray[np.uint16]

    @property
    def depth(self) -> NDArray[np.float32]:
        """(height, width) in pixels, larger is nearer, NaN where the face is not."""
        return to_depth(self.values, self.record.depth.scale, self.record.depth.offset)

    @property
    def millimetres(self) -> NDArray[np.float32] | None:
        """(height, width) estimated distance from the camera, NaN where the face is not; None without intrinsics."""
        known = self.record.millimetres
        return None if known is None else estimate.distance(self.depth, known)

    @property
    def coverage(self) -> float:
        """The part of the picture that is face, 0 to 1."""
        return float(np.count_nonzero(self.values != INVALID)) / self.values.size


Unread = Literal["missing", "unreadable", "too_large", "not_a_file"]
Condition = Literal["intact", "changed"] | Unread


class UnreadError(SnapshotError):
    """There is no content to look at; ``condition`` is why."""

    def __init__(self, condition: Unread, sentence: str) -> None:
        super().__init__(condition, sentence)
        self.condition = condition


def read(path: Path) -> Snapshot:
    """The snapshot that ``path``, its sidecar or another file of it, belongs to; SnapshotError says what is wrong."""
    sidecar = sidecar_of(path)
    facts = read_record(sidecar)
    (depth,) = (file for file in facts.files if file.kind == "depth")
    content = _bytes(sidecar.with_name(depth.name), LARGEST_PICTURE)
    return Snapshot(facts, sidecar.parent, _values(sidecar.with_name(depth.name), content, depth, facts))


def sidecar_of(path: Path) -> Path:
    """The sidecar of the snapshot that the file ``path`` belongs to."""
    parted = names.split(path.name)
    if parted is None:
        raise _unfit(path, "it is not named as a file of a snapshot is, snapshot-NUMBER-TIME-faceN.json")
    return path.with_name(parted[0] + names.SIDECAR)


def read_record(sidecar: Path) -> Record:
    """What the file ``sidecar`` says; SnapshotError where it is none, or says what cannot be."""
    content = _bytes(sidecar, LARGEST_SIDECAR)
    try:
        facts = msgspec.json.decode(content, type=Record)
    except (msgspec.DecodeError, RecursionError, ValueError) as exc:
        raise _unfit(sidecar, f"it is not the description of a snapshot ({_brief(exc)})") from exc
    for problem in _problems(facts, sidecar.name.removesuffix(names.SIDECAR)):
        raise _unfit(sidecar, problem)
    return facts


def sidecars(folder: Path) -> list[Path]:
    """The sidecars in ``folder``, oldest first; SnapshotError where it cannot be read."""
    try:
        found = [file.name for file in folder.iterdir()]
    except OSError as exc:
        raise SnapshotError("unreadable", f"cannot read the folder {folder}: {exc.strerror}") from exc
    parted = [names.split(file) for file in found]
    whole = [split[0] for split in parted if split is not None and split[1] == names.SIDECAR]
    return [folder / (name + names.SIDECAR) for name in sorted(whole, key=names.age)]


def condition(folder: Path, file: File) -> Condition:
    """Whether a file that a sidecar names is there, and is what it was; or why that cannot be told."""
    try:
        content = _bytes(folder / file.name, LARGEST_PICTURE)
    except UnreadError as exc:
        return exc.condition
    return "intact" if hashlib.sha256(content).hexdigest() == file.sha256 else "changed"


def _problems(facts: Record, name: str) -> Iterator[str]:
    if not all(-LARGEST_NUMBER < number < LARGEST_NUMBER for number in _numbers(msgspec.to_builtins(facts))):
        yield "it holds a number that cannot be"
    if facts.format != record.FORMAT or facts.version != record.VERSION:
        yield f"it is of a format that this version of visaged does not know ({facts.format[:40]!r} {facts.version})"
    if facts.name != name:
        yield "it describes another snapshot than its name says"
    if sum(file.kind == "depth" for file in facts.files) != 1:
        yield "it names no picture of depth, or several"
    for file in facts.files:
        parted = names.split(file.name)
        if parted is None or parted[0] != name:
            yield "it names a file that is not one of this snapshot's"
    yield from _wrong_depth(facts)
    if len(facts.face.params) != PARAMS:
        yield f"it has {len(facts.face.params)} parameters, not {PARAMS}"


def _wrong_depth(facts: Record) -> Iterator[str]:
    depth, known = facts.depth, facts.millimetres
    if not (min(depth.width, depth.height) > 0 and depth.width * depth.height <= MOST_PIXELS):
        yield f"it claims a picture of {depth.width} x {depth.height} pixels"
    if not depth.scale > 0 or not depth.pixels_per_model_unit > 0 or depth.invalid != INVALID:
        yield "its scale is not above 0, or its invalid value not 0"
    if depth.minimum > depth.maximum:
        yield "its smallest depth is larger than its largest"
    if known is not None and not (known.mm_per_px > 0 and known.reference_distance_mm > 0):
        yield "its millimetres are not above 0"


def _numbers(value: Any) -> Iterator[float]:
    """Every number in a structure of plain values."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for child in value:
            yield from _numbers(child)
    elif isinstance(value, (int, float)):
        yield value if math.isfinite(value) else math.inf


def _values(path: Path, content: bytes, described: File, facts: Record) -> NDArray[np.uint16]:
    """Decode only what is exactly as described: no memory is taken for what a header claims."""
    if hashlib.sha256(content).hexdigest() != described.sha256:
        raise _unfit(path, "it is damaged or was changed: it is not the picture that its description was made for")
    header = headers.parse(content)
    if header is None or not header.complete or content[24:26] != _GREY_16 or not content.startswith(b"\x89PNG"):
        raise _unfit(path, "it is not a whole PNG of 16 bit grey")
    if (header.width, header.height) != (facts.depth.width, facts.depth.height):
        raise _unfit(path, f"it has {header.width} x {header.height} pixels, which is not what its description says")
    quiet()
    try:
        values = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as exc:
        raise _unfit(path, "it cannot be decoded") from exc
    if values is None or values.dtype != np.uint16 or values.shape != (header.height, header.width):
        raise _unfit(path, "it cannot be decoded")
    return np.asarray(values, dtype=np.uint16)


def _bytes(path: Path, largest: int) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise UnreadError("not_a_file", _unfit_sentence(path, "it is not a file"))
        with path.open("rb") as stream:
            content = stream.read(largest + 1)
    except (OSError, ValueError) as exc:  # ValueError: a null byte in the name
        why: Unread = "missing" if isinstance(exc, FileNotFoundError) else "unreadable"
        raise UnreadError(why, f"cannot read {path}: {getattr(exc, 'strerror', None) or exc}") from exc
    if len(content) > largest:
        raise UnreadError("too_large", _unfit_sentence(path, f"it has more than the {largest >> 10} KiB that are read"))
    return content


def _unfit(path: Path, problem: str) -> SnapshotError:
    return SnapshotError("not_a_snapshot", _unfit_sentence(path, problem))


def _unfit_sentence(path: Path, problem: str) -> str:
    return f"{path} cannot be shown: {problem}"


def _brief(exc: Exception) -> str:
    return printable(str(exc)[:160])
