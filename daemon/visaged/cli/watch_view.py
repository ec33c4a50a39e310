"""What ``visaged watch`` shows, as text. Pure; every message may come from anybody, so nothing in it is trusted."""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from visaged.printable import printable

MAX_DEVICES = 32
MAX_FACES = 16
BAR_HALF = 3
BAR_DEGREES = 90.0
HEADER = f"  {'id':>4} {'conf':>4} {'state':<16}" + "".join(f" {name:>6}{'':10}" for name in ("yaw", "pitch", "roll"))
"""A row of the table is 79 characters, for the classic terminal."""

OPENINGS_HEADER = "  left  right mouth"
"""Stands behind it where the terminal is wide enough: how far the eyes and the mouth are open."""


@dataclass
class Device:
    """The last that was heard of one device; times in seconds on the monotonic clock."""

    status: dict[str, Any] | None = None
    pose: dict[str, Any] | None = None
    arrivals: deque[float] = field(default_factory=lambda: deque(maxlen=50))


class View:
    """Collects messages per device and draws them as a table; keeps at most 32 devices."""

    def __init__(self, address: str) -> None:
        self._address = clean(address)
        self._devices: dict[str, Device] = {}
        self.rubbish = 0
        self.last_rubbish = ""

    def add(self, device: str, kind: str, message: dict[str, Any], now: float) -> None:
        """Take in one message of the topic ``kind`` ("pose" or "status")."""
        if device not in self._devices and len(self._devices) >= MAX_DEVICES:
            return
        entry = self._devices.setdefault(device, Device())
        if kind == "status":
            entry.status = message
            return
        entry.pose = message
        entry.arrivals.append(now)

    def add_rubbish(self, why: str) -> None:
        """Count a message that could not be understood."""
        self.rubbish += 1
        self.last_rubbish = why

    def forget_status(self, device: str) -> None:
        """The retained status was deleted."""
        if device in self._devices:
            self._devices[device].status = None

    def lines(self, now: float, width: int) -> list[str]:
        """The whole table, each line at most ``width`` characters."""
        table = [f"visaged watch  {self._address}  (Ctrl-C ends)"]
        if self.rubbish:
            table.append(f"{self.rubbish} messages not understood, the last one: {clean(self.last_rubbish, 100)}")
        if not self._devices:
            table.append("no message yet")
        for name in sorted(self._devices):
            table += ["", *_device_lines(name, self._devices[name], now, width >= len(HEADER + OPENINGS_HEADER))]
        return [line[:width] for line in table]


def clean(value: object, length: int = 40) -> str:
    """Text that is safe on a terminal: printable, one line, at most ``length`` characters."""
    text = value if isinstance(value, str) else str(value)
    return printable(text[:length])


def plain_line(device: str, kind: str, message: dict[str, Any]) -> str:
    """One message as one readable line."""
    if kind == "status":
        return f"{clean(device)}  status {_status(message)}"
    faces = _faces(message)
    shown = "".join(f"  #{_plain_face(face)}" for face in faces[:MAX_FACES])
    count = f"{len(faces)} face{'' if len(faces) == 1 else 's'}"
    return f"{clean(device)}  seq {_whole(message.get('seq'))}  {_latency(message)}  {count}{shown}"


def json_line(topic: str, message: dict[str, Any]) -> str:
    """The message as one line of JSON; only ASCII, so that no control character of any kind survives."""
    return json.dumps({"topic": topic, "message": message}, separators=(",", ":"), default=_hex)


def bar(value: float | None) -> str:
    """-90 to +90 degrees around a middle mark, as ``[ ==|   ]``; empty where unknown."""
    filled = 0 if value is None else min(BAR_HALF, math.ceil(abs(value) / BAR_DEGREES * BAR_HALF - 0.5))
    marks = "=" * filled
    left, right = (marks, "") if value is not None and value < 0 else ("", marks)
    return f"[{left:>{BAR_HALF}}|{right:<{BAR_HALF}}]"


def number(value: object) -> float | None:
    """A finite number of sensible size, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < 1e6 else None


def _device_lines(name: str, device: Device, now: float, wide: bool) -> list[str]:
    head = f"{clean(name):<16}  {_status(device.status)}"
    if device.pose is None:
        return [f"{head}  no pose yet"]
    age = now - device.arrivals[-1]
    rows = [f"{head}  {_fps(device.arrivals):5.1f} fps  {_latency(device.pose)}  last {age:.1f} s ago"]
    faces = _faces(device.pose)
    if not faces:
        return [*rows, "    nobody there"]
    if wide:
        return [*rows, HEADER + OPENINGS_HEADER, *(_face_row(face) + _openings_row(face) for face in faces[:MAX_FACES])]
    return [*rows, HEADER, *(_face_row(face) for face in faces[:MAX_FACES])]


def _status(status: dict[str, Any] | None) -> str:
    if status is None:
        return "state unknown"
    reason = status.get("reason")
    return clean(status.get("state", "state unknown")) + (f" ({clean(reason, 80)})" if reason else "")


def _fps(arrivals: deque[float]) -> float:
    span = arrivals[-1] - arrivals[0]
    return (len(arrivals) - 1) / span if span > 0 else 0.0


def _faces(pose: dict[str, Any]) -> list[dict[str, Any]]:
    faces = pose.get("faces")
    return [face for face in faces if isinstance(face, dict)] if isinstance(faces, list) else []


def _face_row(face: dict[str, Any]) -> str:
    angles = (number(face.get(name)) for name in ("yaw", "pitch", "roll"))
    row = f"  {_whole(face.get('id')):>4} {_fixed(face.get('confidence'), 2):>4} {_validity(face):<16.16}"
    return row + "".join(f" {_signed(angle):>6} {bar(angle)}" for angle in angles)


def _openings_row(face: dict[str, Any]) -> str:
    return "  " + "".join(f"{opening:<6}" for opening in _openings(face)).rstrip()


def _plain_face(face: dict[str, Any]) -> str:
    angles = "  ".join(f"{name} {_signed(number(face.get(name)))}" for name in ("yaw", "pitch", "roll"))
    left, right, mouth = _openings(face)
    shown = f"{_whole(face.get('id'))} {_fixed(face.get('confidence'), 2)} {_validity(face)}  {angles}"
    return f"{shown}  eyes {left} {right}  mouth {mouth}"


def _openings(face: dict[str, Any]) -> tuple[str, str, str]:
    """Of the left eye, the right eye and the mouth."""
    eyes = face.get("eye_open")
    left, right = eyes if isinstance(eyes, list) and len(eyes) == 2 else (None, None)
    return _fixed(left, 2), _fixed(right, 2), _fixed(face.get("mouth_open"), 2)


def _validity(face: dict[str, Any]) -> str:
    return "valid" if face.get("valid") is True else clean(face.get("reason") or "invalid", 24)


def _latency(pose: dict[str, Any]) -> str:
    return f"{_fixed(pose.get('latency_ms'), 1)} ms"


def _whole(value: object) -> str:
    return clean(value, 12) if isinstance(value, int) and not isinstance(value, bool) else "?"


def _fixed(value: object, digits: int) -> str:
    known = number(value)
    return "?" if known is None else f"{known:.{digits}f}"


def _signed(value: float | None) -> str:
    return "?" if value is None else f"{value:+.1f}"


def _hex(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
