"""What the ``image`` and ``video`` commands print: faces as plain values, ready for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from visaged.values import Face, Image


def picture_report(name: str, image: Image, faces: Iterable[Face]) -> dict[str, Any]:
    """One picture and its ``faces``; pixels, degrees, and null where a number is not known."""
    height, width = image.shape[:2]
    return {"image": text(name), "width": width, "height": height, "faces": [_still_face(face) for face in faces]}


def frame_report(name: str, image: Image, faces: Iterable[Face], frame: int, t: float) -> dict[str, Any]:
    """As ``picture_report``, plus the number of the frame, its time in seconds and the ids of the tracked faces."""
    height, width = image.shape[:2]
    tracked = [{"id": face.id, **_still_face(face)} for face in faces]
    return {"image": text(name), "frame": frame, "t": round(t, 4), "width": width, "height": height, "faces": tracked}


def with_files(report: dict[str, Any], files: Iterable[Path]) -> dict[str, Any]:
    """``report`` with the files that were made."""
    return report | {"files": [text(str(path)) for path in files]}


def line(report: dict[str, Any]) -> str:
    """A report as one line of JSON."""
    return msgspec.json.encode(report).decode()


def text(name: str) -> str:
    """Output is UTF-8; a file name need not be, and shows a replacement character for each byte that is not."""
    return name.encode(errors="surrogateescape").decode(errors="replace")


def _still_face(face: Face) -> dict[str, Any]:
    return {
        "score": _digits(face.score, 6),
        "box": _row(face.box, 3),
        "roi": _row(face.roi, 3),
        "confidence": _digits(face.confidence, 4),
        "valid": face.valid,
        "reason": face.reason,
        "pose": {
            "yaw": _digits(face.pose.yaw, 4),
            "pitch": _digits(face.pose.pitch, 4),
            "roll": _digits(face.pose.roll, 4),
            "quaternion": _row(face.pose.quaternion, 7),
        },
        "eye_open": _row(face.eye_open, 4),
        "mouth_open": _digits(face.mouth_open, 4),
        "openings_from": face.openings_from,
        "landmarks": [_row(point, 3) for point in face.landmarks.tolist()],
        "params": [_significant(value) for value in face.params.tolist()],
    }


def _row(values: Sequence[float | None], digits: int) -> list[float | None]:
    return [_digits(value, digits) for value in values]


def _digits(value: float | None, digits: int) -> float | None:
    return round(float(value), digits) if value is not None and math.isfinite(value) else None


def _significant(value: float) -> float | None:
    """A float32 needs nine significant digits to come back unchanged."""
    return float(f"{value:.9g}") if math.isfinite(value) else None
