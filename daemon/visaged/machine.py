"""What the operating system says of the machine: board, memory, temperature, throttling. None where it does not say."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

BOARD = Path("proc/device-tree/model")
ZONES = Path("sys/class/thermal")
THROTTLED = Path("sys/devices/platform/soc/soc:firmware/get_throttled")
THROTTLED_NOW = 0b1111
"""The Raspberry Pi firmware's flags for what happens now; the higher ones say what has happened since boot."""


def board(root: Path = Path("/")) -> str:
    """The board's own name from the device tree, else the kind of processor."""
    name = _read(root / BOARD)
    return name.strip("\0 \n") if name else platform.machine()


def temperature(root: Path = Path("/")) -> float | None:
    """The hottest thermal zone in degrees Celsius."""
    readings = [_read(zone / "temp") for zone in sorted((root / ZONES).glob("thermal_zone*"))]
    degrees = [int(reading) / 1000 for reading in readings if reading and reading.strip().lstrip("-").isdigit()]
    return max(degrees, default=None)


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


def _read(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return None
