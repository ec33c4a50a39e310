"""Boxes and regions that the user gives in a JSON file, instead of letting them be detected."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from visaged.errors import UsageError
from visaged.values import Box

Regions = dict[Path, list[Box]]

SMALLEST, LARGEST, FARTHEST = 2, 20_000, 1 << 15
"""Of a region in pixels: its sides, and how far from the origin its corners lie; so it can be enlarged and cropped."""


def read_regions(path: Path, pictures: Iterable[Path]) -> Regions:
    """The regions of each picture from ``path``, a JSON object {file name: [[x1, y1, x2, y2], ...]}.

    A picture is looked up by its path as given, then by its file name. Raises UsageError where the file cannot be read,
    has another form, lacks a picture, or holds a region that is empty or absurd.
    """
    table = _read(path)
    return {picture: _regions_of(path, table, picture) for picture in pictures}


def _read(path: Path) -> dict[str, list[Box]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[Box]])
    except OSError as exc:
        raise UsageError(f"{path}: cannot be read ({exc.strerror})") from exc
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise UsageError(f"{path}: not a JSON object {{file name: [[x1, y1, x2, y2], ...]}} ({exc})") from exc


def _regions_of(path: Path, table: dict[str, list[Box]], picture: Path) -> list[Box]:
    for name in (str(picture), picture.name):
        if name in table:
            for box in table[name]:
                _check(path, name, box)
            return table[name]
    raise UsageError(f"{path}: has no entry for {picture}; add one, [] if it shows no face")


def _check(path: Path, name: str, box: Box) -> None:
    x1, y1, x2, y2 = box
    sides_fit = all(SMALLEST <= side <= LARGEST for side in (x2 - x1, y2 - y1))
    if not sides_fit or not all(abs(v) <= FARTHEST for v in box):
        raise UsageError(
            f"{path}: {name}: {list(box)} is not x1, y1, x2, y2 in pixels with x1 < x2 and y1 < y2, "
            f"sides of {SMALLEST} to {LARGEST} and no corner beyond {FARTHEST}"
        )
