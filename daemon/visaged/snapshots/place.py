"""Where snapshots are kept."""

from __future__ import annotations

from pathlib import Path

from visaged import state


def folder(configured: str) -> Path:
    """The folder of ``snapshot.folder``; where that is empty, the default one."""
    return Path(configured) if configured else default_folder()


def default_folder() -> Path:
    """``snapshots`` below the folder of what visaged keeps."""
    return state.folder() / "snapshots"
