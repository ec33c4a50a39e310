"""Whether the clock is right: somebody must have set it since the start, for most boards have no battery."""

from __future__ import annotations

import ctypes
from pathlib import Path

TIMESYNCD = Path("run/systemd/timesync/synchronized")
"""Touched by systemd-timesyncd whenever it has set the clock."""

TIME_ERROR = 5
"""What adjtimex(2) gives while the clock is not synchronised."""

TIMEX_BYTES = 512
"""More than a ``struct timex`` has on any machine; all zeros ask for nothing to be changed."""


def synchronised(root: Path) -> bool | None:
    """Whether the clock follows a time server; None where the kernel does not say."""
    if (root / TIMESYNCD).exists():
        return True
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    state = -1 if adjtimex is None else adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    return None if state < 0 else state != TIME_ERROR
