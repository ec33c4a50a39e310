"""Small files of the kernel, below a root that tests replace."""

from __future__ import annotations

import os
from pathlib import Path

ROOT_VARIABLE = "VISAGED_BOARD_ROOT"
"""The environment variable that names another root than ``/``: a made board, as the tests have."""


def root() -> Path:
    """The folder below which ``proc`` and ``sys`` are."""
    return Path(os.environ.get(ROOT_VARIABLE, "/"))


def text(path: Path) -> str | None:
    """What the file says, without the zeros, blanks and line ends around it; None where it says nothing."""
    try:
        return path.read_text(errors="replace").strip("\0 \t\n") or None
    except OSError:  # which reading a sensor that sleeps is, too
        return None


def number(path: Path, base: int = 10) -> int | None:
    """The whole number in the file, None where there is none."""
    try:
        return int(text(path) or "", base)
    except ValueError:
        return None
