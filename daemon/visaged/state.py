"""Where visaged keeps what it must still know after a restart, and the folder of the user."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM = Path("/var/lib/visaged")


def folder() -> Path:
    """The folder that systemd gave us, else the system's where it may be written, else the user's own.

    That is $STATE_DIRECTORY, /var/lib/visaged, or $XDG_STATE_HOME/visaged.
    """
    given = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    if given:
        return Path(given)
    if os.geteuid() == 0 or os.access(SYSTEM, os.W_OK):
        return SYSTEM
    # The XDG specification: a relative path there is invalid and to be ignored.
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else home() / ".local/state") / "visaged"


def home() -> Path:
    """The user's own folder; ``/`` for one whom this machine does not know, as containers have."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")
