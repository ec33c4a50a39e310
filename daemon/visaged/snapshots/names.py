"""The names of a snapshot's files: ``snapshot-<number>-<capture, UTC>-<face>`` and an ending for each.

The number grows by one with each snapshot, so that names sort by age whatever the clock says.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone

SIDECAR = ".json"
DEPTH = ".png"
MESH = ".ply"
COLOUR = ".rgb.png"
ENDINGS = (SIDECAR, DEPTH, MESH, COLOUR)

LARGEST = 10**12 - 1
"""No number is larger; reaching it by counting takes an age."""

_STAMP = "%Y%m%dT%H%M%S"
_NAME = re.compile(r"snapshot-(\d{8,12})-(\d{8}T\d{6})\.(\d{3})Z-face(\d{1,12})", re.ASCII)
_TEMPORARY = re.compile(rf"\.{_NAME.pattern}(?:{'|'.join(map(re.escape, ENDINGS))})\.part", re.ASCII)


def make(number: int, utc: float, face: int) -> str:
    """The name of a snapshot, without an ending."""
    captured = datetime.fromtimestamp(max(utc, 0.0), timezone.utc)
    return f"snapshot-{number:08d}-{captured.strftime(_STAMP)}.{captured.microsecond // 1000:03d}Z-face{face}"


def split(file: str) -> tuple[str, str] | None:
    """A file's name as the snapshot's name and the ending; None where it is not one of ours."""
    found = _NAME.match(file)
    if found is None or file[found.end() :] not in ENDINGS:
        return None
    return found.group(), file[found.end() :]


def number(name: str) -> int:
    """The number in a snapshot's name."""
    return int(name.split("-")[1])


def age(name: str) -> tuple[int, str]:
    """What names are sorted by, the oldest first."""
    return number(name), name


def utc(name: str) -> float:
    """The capture in a snapshot's name, seconds since the epoch; 0 where it is no date."""
    day, clock = name.split("-")[2][:15].split("T")
    date = int(day[:4]), int(day[4:6]), int(day[6:])
    hour = int(clock[:2]), int(clock[2:4]), int(clock[4:])
    try:  # without strptime, which takes longer than all the rest of looking through a full folder
        return datetime(*date, *hour, tzinfo=timezone.utc).timestamp()
    except ValueError:
        return 0.0


def temporary(file: str) -> str:
    """What a file is called until it is whole."""
    return f".{file}.part"


def is_temporary(file: str) -> bool:
    """Whether ``file`` is what a dead run has left of one of ours."""
    return _TEMPORARY.fullmatch(file) is not None
