"""What the sidecar of a snapshot says, schema version 1: the same structs write it and read it.

Numbers are as they were computed, not rounded: a sidecar is evidence, and the face can be made again from it.
"""

from __future__ import annotations

import msgspec

FORMAT = "visaged-snapshot"
VERSION = 1

DEPTH_FORMULA = "relative_depth_px = offset + scale * value; value 0 is no face; larger is nearer to the camera"
MODEL_FORMULA = "model units = relative_depth_px / pixels_per_model_unit"
DISTANCE_FORMULA = "distance_mm = reference_distance_mm - (relative_depth_px - reference_depth_px) * mm_per_px"


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the sidecar."""


class Captured(_Part, frozen=True):
    """When: seconds since the epoch, the same as text, seconds on the monotonic clock of the run ``boot_id``.

    ``seq`` is that of the frame's ``pose`` message.
    """

    utc: float
    iso: str
    mono: float
    boot_id: str
    seq: int


class Camera(_Part, frozen=True):
    """Where from, without credentials; the whole picture's pixels; the focal length in them, where it is known."""

    source: str
    width: int
    height: int
    focal_length_px: float | None


class PackFacts(_Part, frozen=True):
    """The model pack, its terms, and the hash of each of its files."""

    name: str
    version: str
    licence: str
    permitted_use: str
    verified: bool
    sha256: dict[str, str]


class PoseFacts(_Part, frozen=True):
    """Degrees, and the quaternion (w, x, y, z)."""

    yaw: float
    pitch: float
    roll: float
    quaternion: tuple[float, float, float, float]


class FaceFacts(_Part, frozen=True):
    """As in ``pose`` messages; ``roi`` is the square that was cropped, ``params`` the 62 regressed from it."""

    id: int
    confidence: float
    valid: bool
    reason: str | None
    box: tuple[float, float, float, float]
    roi: tuple[float, float, float, float]
    pose: PoseFacts
    params: list[float]


class Depth(_Part, frozen=True):
    """The picture of depth and how to read it; all in pixels of the camera's picture.

    ``left`` and ``top``: where the picture of depth lies in the camera's. ``minimum`` and ``maximum`` of the depths.
    """

    width: int
    height: int
    left: int
    top: int
    unit: str
    invalid: int
    scale: float
    offset: float
    minimum: float
    maximum: float
    formula: str
    pixels_per_model_unit: float
    model_unit: str
    model_formula: str


class Millimetres(_Part, frozen=True):
    """An estimate: right as far as the face is as large as the model says, and the focal length is.

    ``reference_depth_px`` is the mean depth of the 68 landmarks, ``reference_distance_mm`` how far from the camera.
    """

    estimate: bool
    mm_per_px: float
    reference_depth_px: float
    reference_distance_mm: float
    formula: str


class File(_Part, frozen=True):
    """One of the snapshot's files: its name, what it is (depth, mesh, colour), its bytes and their hash."""

    name: str
    kind: str
    size: int
    sha256: str


class Record(_Part, frozen=True):
    """The whole sidecar."""

    format: str
    version: int
    name: str
    device: str
    trigger: str
    captured: Captured
    camera: Camera
    pack: PackFacts
    face: FaceFacts
    depth: Depth
    millimetres: Millimetres | None
    files: list[File]


def encode(record: Record) -> bytes:
    """The sidecar's bytes: JSON, indented, for people look into it."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"
