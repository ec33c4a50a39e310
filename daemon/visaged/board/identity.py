"""Which board this is, from the device tree."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

from visaged.board import files

TREE = Path("proc/device-tree")


@dataclass(frozen=True, slots=True)
class Identity:
    """The board's own name (else the kind of processor), and what it is ``compatible`` with, most particular first."""

    model: str
    compatible: tuple[str, ...]


def read_identity(root: Path) -> Identity:
    """The board below ``root``; a machine without a device tree is compatible with nothing."""
    listed = files.text(root / TREE / "compatible") or ""
    return Identity(files.text(root / TREE / "model") or platform.machine(), tuple(filter(None, listed.split("\0"))))
