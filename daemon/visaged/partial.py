"""Files that are not whole yet, and what makes their last name last."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def partial_name(suffix: str) -> str:
    """A hidden name that ends in ``suffix``; nobody can have put something in its place, nor a killed run have left it.

    Make the file exclusively (``"x"``): then no link is followed either.
    """
    return f".visaged-{secrets.token_hex(8)}{suffix}"


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
