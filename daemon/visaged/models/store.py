"""Where packs live: the folders that are searched, and the one that is written to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from visaged.errors import ModelError
from visaged.models.pack import Pack, load_pack
from visaged.state import home

SYSTEM = Path("/var/lib/visaged/models")

SHIPPED = "open"
"""The pack that comes with visaged."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def load(name: str, models_dir: Path | None) -> Pack:
    """The pack ``name``, from ``models_dir`` or else the first folder of the search path that has it.

    Raises ModelError naming where it looked and how to get the pack, or what is wrong with the one it found.
    """
    searched = search_path(models_dir)
    # The name may come from remote configuration: it must not lead out of the folders.
    if _NAME.fullmatch(name):
        for folder in searched:
            if folder / name in _folders(folder):
                return load_pack(folder / name)
    places = ", ".join(map(_described, searched))
    raise ModelError(f"no model pack {name!r} in {places}; {_way_out(name, models_dir)}")


def search_path(models_dir: Path | None) -> list[Path]:
    """The folders that may hold packs, the first having the last word."""
    if models_dir is not None:
        return [models_dir]
    return [_user_dir(), SYSTEM, *_shipped()]


def write_dir(models_dir: Path | None) -> Path:
    """Where new packs go: ``models_dir``, the system's folder where it may be written, or the user's."""
    if models_dir is not None:
        return models_dir
    if os.geteuid() == 0 or os.access(SYSTEM, os.W_OK):
        return SYSTEM
    return _user_dir()


def pack_folders(models_dir: Path | None) -> Iterator[Path]:
    """Every folder that is, or should be, a pack; one that an earlier folder of the path hides is left out."""
    seen = set()
    for place in search_path(models_dir):
        for folder in _folders(place):
            if not folder.name.startswith(".") and folder.name not in seen:
                seen.add(folder.name)
                yield folder


def _folders(place: Path) -> list[Path]:
    """The folders in ``place``, sorted; none where it is not there or, as the state of a service, not ours to see."""
    try:
        return sorted(entry for entry in place.iterdir() if entry.is_dir())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []


def _described(place: Path) -> str:
    try:
        next(place.iterdir(), None)
    except PermissionError:
        return f"{place} (which this user may not read)"
    except OSError:
        pass
    return str(place)


def _way_out(name: str, models_dir: Path | None) -> str:
    if name != SHIPPED:
        return (
            "get one with 'visaged models fetch' or 'visaged models import', see the packs with 'visaged models list'"
        )
    if models_dir is None:
        return "it comes with visaged; install visaged again"
    return "it comes with visaged: leave out --models-dir or model.models_dir, or choose another pack with --pack"


def _user_dir() -> Path:
    # The XDG specification: a relative path there is invalid and to be ignored.
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if base.startswith("/") else home() / ".local/share") / "visaged/models"


def _shipped() -> list[Path]:
    folder = resources.files("visaged") / "data" / "models"
    return [folder] if isinstance(folder, Path) and folder.is_dir() else []
