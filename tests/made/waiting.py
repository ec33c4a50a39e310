"""Waiting for what must come true, and no longer than it may take."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = float(os.environ.get("VISAGED_PATIENCE", "1"))
"""How many times as long as usual something may take: more where the processor is emulated."""


def eventually(condition: Callable[[], object], timeout_s: float = 30.0) -> bool:
    """Whether ``condition`` came true in time; ``timeout_s`` on a machine of its own."""
    deadline = time.monotonic() + timeout_s * PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_running(pid: int) -> bool:
    """Whether there is such a process, and any thread of it is more than its entry on the process table."""
    return any(_lives(thread) for thread in Path(f"/proc/{pid}/task").glob("*/stat"))


def _lives(thread: Path) -> bool:
    try:
        return thread.read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
