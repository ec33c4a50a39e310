"""What the operating system says of the machine: board, memory, temperature, throttling. None where it does not say."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

BOARD = Path("proc/device-tree/model")
ZONES = Path("sys/class/thermal")
PLACEHOLDERS = frozenset({"PMIC-Die"})
"""Zones that always read the same: Jetson boards report 100 degrees for a sensor that is not there."""

THROTTLED = Path("sys/devices/platform/soc/soc:firmware/get_throttled")
THROTTLED_NOW = 0b1111
"""The Raspberry Pi firmware's flags for what happens now; the higher ones say what has happened since boot."""


def board(root: Path = Path("/")) -> str:
    """The board's own name from the device tree, else the kind of processor."""
    name = _read(root / BOARD)
    return (name or "").strip("\0 \n") or platform.machine()


def temperature(root: Path = Path("/")) -> float | None:
    """The hottest thermal zone in degrees Celsius."""
    readings = [_degrees(zone) for zone in (root / ZONES).glob("thermal_zone*")]
    return max((reading for reading in readings if reading is not None), default=None)


def throttled(root: Path = Path("/")) -> bool | None:
    """Whether a Raspberry Pi's firmware slows the board down right now."""
    flags = _read(root / THROTTLED)
    try:
        return bool(int(flags, 16) & THROTTLED_NOW) if flags else None
    except ValueError:
        return None


def resident_megabytes() -> float:
    """The memory this process holds in RAM, in units of 10^6 bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def release_memory() -> None:
    """Give free memory back to the system: opening networks leaves holes that glibc keeps."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _degrees(zone: Path) -> float | None:
    """A thermal zone's reading; None where it has none, which drivers also say by a temperature that cannot be."""
    if (_read(zone / "type") or "").strip() in PLACEHOLDERS:
        return None
    try:
        degrees = int(_read(zone / "temp") or "") / 1000
    except (ValueError, OverflowError):
        return None
    return degrees if -273.15 < degrees < 1000 else None


def _read(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return None
