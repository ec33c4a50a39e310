"""Value objects to messages (plain dictionaries), schema version 1. Pure; ``codec.encode`` makes the bytes.

Numbers are rounded to what they are worth. Whatever is not a finite number never reaches the wire: it becomes null
(unknown), and the face it belongs to is not valid. A key that is absent means unknown, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from visaged.mqtt import axes
from visaged.mqtt.codec import Encoding
from visaged.mqtt.packing import bits_as_bytes, bits_as_digits, points_as_floats, points_as_quarters
from visaged.values import Eyes, Face, OpeningsFrom, Pose

SCHEMA_VERSION = 1
LARGEST = 1e9
"""Beyond this a coordinate or an angle is taken for garbage, like NaN: it would not survive every JSON reader."""

LONGEST_NAME = 64
"""Characters of a command's name that an answer repeats."""

NOT_FINITE = "not_finite"
UNSPECIFIED = "unspecified"

State = Literal["online", "degraded", "stopped", "offline"]
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every message about one frame starts with.

    ``seq`` counts messages since the start, ``boot_id`` names that start. ``utc`` (seconds since the epoch) and
    ``mono`` (seconds on the monotonic clock) are the capture.
    """

    seq: int
    boot_id: str
    utc: float
    mono: float

    def header(self) -> Message:
        """The keys v, seq, boot_id, utc, mono."""
        return {
            "v": SCHEMA_VERSION,
            "seq": self.seq,
            "boot_id": self.boot_id,
            "utc": round(self.utc, 3),
            "mono": round(self.mono, 3),
        }


@dataclass(frozen=True, slots=True)
class PackInfo:
    """A model pack. ``verified`` is false where a file differs from what its publisher published."""

    name: str
    version: str
    licence: str
    verified: bool


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """Where the frames come from, without credentials, and what they are.

    ``width`` and ``height`` are pixels, ``fps`` the rate that the source declares; None until the first frame, ``fps``
    also where none is declared.
    """

    source: str
    width: int | None
    height: int | None
    fps: float | None


@dataclass(frozen=True, slots=True)
class Info:
    """What runs here: ``pack`` regresses faces, ``detector`` names the kind of network in ``detector_pack``.

    ``openings_from`` says whether ``eye_open`` and ``mouth_open`` of all poses come from a network that was trained to
    tell them, or from the distances of landmarks, which is worse.
    ``versions`` maps program and library names to their versions; ``tuning`` maps setting names to values in force.
    ``commands`` are those that are obeyed, ``groups`` those that this device belongs to, ``log_level`` that in force.
    """

    versions: Mapping[str, str]
    board: str
    pack: PackInfo
    detector: str
    detector_pack: PackInfo
    openings_from: OpeningsFrom
    camera: CameraInfo
    tuning: Mapping[str, int | float | str | bool]
    commands: Sequence[str] = ()
    groups: Sequence[str] = ()
    log_level: str = "info"


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Latency of one stage in milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Health:
    """Rates in frames per second, temperature in degrees Celsius, memory in MB; None where the board cannot tell.

    ``throttled``: whether firmware or kernel slow the machine down; ``throttling``: what the daemon itself leaves out.
    ``left_out`` counts messages longer than what the broker takes.
    ``commands`` and ``snapshots`` are counts by name, None where these are off, as ``throttling`` is.
    """

    fps_in: float
    fps_out: float
    skipped: int
    latency: Mapping[str, Percentiles]
    rss_mb: float
    temperature_c: float | None
    throttled: bool | None
    reconnects: int
    dropped_frames: int
    dropped_events: int
    left_out: int
    queue: int
    throttling: Mapping[str, Any] | None = None
    commands: Mapping[str, int] | None = None
    snapshots: Mapping[str, int] | None = None


def pose(
    stamp: Stamp, latency_ms: float, skipped: int, faces: Sequence[Face], raw: Sequence[Face] | None = None
) -> Message:
    """The ``pose`` message of one processed frame; an empty ``faces`` says that nobody is there.

    ``latency_ms`` runs from capture to publish, ``skipped`` counts the frames left out since the message before.
    ``raw``: the same faces in the same order before they were smoothed; their poses are told beside.
    """
    message = stamp.header()
    message["latency_ms"] = _number(latency_ms, 1)
    message["skipped"] = skipped
    message["faces"] = [_face(face) for face in faces]
    if raw is not None:
        for told, before in zip(message["faces"], raw, strict=True):
            told["raw"] = _turn(before.pose)
    return message


def landmarks(
    stamp: Stamp, faces: Sequence[Face], encoding: Encoding, hidden: Sequence[np.ndarray[Any, Any]] | None = None
) -> Message:
    """The ``landmarks`` message: per face 68 points x, y, z in pixels (order iBUG 68; z larger is nearer).

    JSON: ``format`` "float", ``points`` [[x, y, z], ...]. CBOR: ``format`` "int16le/4", ``points`` a byte string of 204
    little-endian int16 in quarter pixels, row by row; what lies beyond +-8191.75 pixels is clamped to that.
    ``points`` is null for a face with a coordinate that is not finite.

    ``hidden``: per face 68 truths, whether the face itself is in front of the point. They become ``hidden``, bit i for
    point i: 17 hexadecimal digits in JSON, 9 bytes with the lowest first in CBOR; null where the points are.
    """
    message = stamp.header()
    message["format"] = "float" if encoding == "json" else "int16le/4"
    points = points_as_floats if encoding == "json" else points_as_quarters
    bits = bits_as_digits if encoding == "json" else bits_as_bytes
    known = [_usable(face.landmarks.ravel().tolist()) for face in faces]
    message["faces"] = [
        {"id": face.id, "points": points(face.landmarks) if usable else None}
        for face, usable in zip(faces, known, strict=True)
    ]
    if hidden is not None:
        for told, mask, usable in zip(message["faces"], hidden, known, strict=True):
            told["hidden"] = bits(mask) if usable else None
    return message


def status(state: State, reason: str | None, since: float | None) -> Message:
    """The ``status`` message; ``since`` in seconds since the epoch, None (a last will cannot know) becomes null."""
    return {"state": state, "reason": reason, "since": None if since is None else _number(since, 3)}


def info(facts: Info) -> Message:
    """The ``info`` message, with the axes contract and one golden vector."""
    return {
        "schema": SCHEMA_VERSION,
        "versions": dict(facts.versions),
        "board": facts.board,
        "pack": asdict(facts.pack),
        "detector": facts.detector,
        "detector_pack": asdict(facts.detector_pack),
        "openings_from": facts.openings_from,
        "camera": _camera(facts.camera),
        "tuning": dict(facts.tuning),
        "commands": list(facts.commands),
        "groups": list(facts.groups),
        "log_level": facts.log_level,
        "axes": axes.contract(),
    }


def event(stamp: Stamp, name: str, details: Mapping[str, Any]) -> Message:
    """The ``event`` message: what happened, when, and ``details`` beside it (a key of the header wins)."""
    return {**details, **stamp.header(), "event": name}


def answer(
    device: str, command: str, number: str | int | None, result: Mapping[str, Any], error: tuple[str, str] | None
) -> Message:
    """The answer of ``device`` to a command with the id ``number``; ``error`` (code, sentence) says why it failed."""
    message: Message = {"v": SCHEMA_VERSION, "device": device, "command": command[:LONGEST_NAME], "id": number}
    message["ok"] = error is None
    if error is not None:
        message["error"] = {"code": error[0], "message": error[1]}
    return {**message, **result}


def health(facts: Health, utc: float) -> Message:
    """The ``health`` message; ``utc`` in seconds since the epoch."""
    message: Message = {
        "v": SCHEMA_VERSION,
        "utc": round(utc, 3),
        "fps_in": _number(facts.fps_in, 2),
        "fps_out": _number(facts.fps_out, 2),
        "skipped": facts.skipped,
        "latency_ms": {stage: _percentiles(p) for stage, p in facts.latency.items()},
        "rss_mb": _number(facts.rss_mb, 1),
        "temperature_c": None if facts.temperature_c is None else _number(facts.temperature_c, 1),
        "throttled": facts.throttled,
        "broker": {
            "reconnects": facts.reconnects,
            "dropped": facts.dropped_frames,
            "dropped_events": facts.dropped_events,
            "left_out": facts.left_out,
            "queue": facts.queue,
        },
    }
    if facts.throttling is not None:
        message["throttling"] = dict(facts.throttling)
    if facts.commands is not None:
        message["commands"] = dict(facts.commands)
    if facts.snapshots is not None:
        message["snapshots"] = dict(facts.snapshots)
    return message


def _camera(camera: CameraInfo) -> Message:
    return {**asdict(camera), "fps": None if camera.fps is None else _number(camera.fps, 3)}


def _percentiles(p: Percentiles) -> Message:
    return {"p50": _number(p.p50, 2), "p95": _number(p.p95, 2), "p99": _number(p.p99, 2)}


def _face(face: Face) -> Message:
    turn = _turn(face.pose)
    box = [round(float(v)) for v in face.box] if _usable(face.box) else None
    confidence = _number(face.confidence, 3)
    complete = turn["yaw"] is not None and turn["q"] is not None and box is not None and confidence is not None
    valid = bool(face.valid) and complete
    message: Message = {"id": face.id, "confidence": confidence, "valid": valid}
    if not valid:
        message["reason"] = face.reason or (UNSPECIFIED if complete else NOT_FINITE)
    message["box"] = box
    return message | turn | _openings(face if valid else None)


def _openings(face: Face | None) -> Message:
    """The keys eye_open and mouth_open of a valid face; null is not known."""
    eyes: Eyes = face.eye_open if face else (None, None)
    mouth = face.mouth_open if face else None
    return {"eye_open": [_opening(value) for value in eyes], "mouth_open": _opening(mouth)}


def _turn(pose: Pose) -> Message:
    """The keys yaw, pitch, roll and q; null where one of the angles, or of q, is not known."""
    yaw, pitch, roll = _numbers((pose.yaw, pose.pitch, pose.roll), 2) or (None, None, None)
    return {"yaw": yaw, "pitch": pitch, "roll": roll, "q": _numbers(pose.quaternion, 4)}


def _usable(values: Iterable[float]) -> bool:
    """Every value is a number of sensible size; false for NaN, because it compares false."""
    return all(-LARGEST < value < LARGEST for value in values)


def _number(value: float, digits: int) -> float | None:
    # Adding 0.0 turns -0.0 into 0.0, so that equal poses are equal bytes.
    return round(float(value), digits) + 0.0 if -LARGEST * 10 < value < LARGEST * 10 else None


def _numbers(values: Sequence[float], digits: int) -> list[float] | None:
    return [round(float(value), digits) + 0.0 for value in values] if _usable(values) else None


def _opening(value: float | None) -> float | None:
    return round(float(value), 2) if value is not None and 0.0 <= value <= 1.0 else None
