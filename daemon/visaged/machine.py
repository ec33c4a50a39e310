"""The memory of this process."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path


def resident_megabytes() -> float:
    """The memory this process holds in RAM, in units of 10^6 bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def release_memory() -> None:
    """Give free memory back to the system: opening networks leaves holes that glibc keeps."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
