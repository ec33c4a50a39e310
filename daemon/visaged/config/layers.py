"""The files on the device that make the configuration: one file, and the folder of small ones beside it."""

from __future__ import annotations

from pathlib import Path

from visaged.config import document
from visaged.config.problems import InvalidConfigError, Problem
from visaged.config.settings import Setting

SYSTEM_FILE = Path("/etc/visaged/visaged.toml")


def of_files(path: Path | None) -> list[Setting]:
    """The settings of ``path`` and of the files that belong to it, the later winning.

    Without ``path`` it is the system's file, which need not exist. ``InvalidConfigError`` where one cannot be read
    or is no TOML.
    """
    file = path or SYSTEM_FILE
    settings = document.read(file, "file") if path or file.exists() else []
    for small in _small_files(folder_of(file)):
        settings += document.read(small, "conf.d")
    return settings


def folder_of(file: Path) -> Path:
    """The folder whose ``*.toml`` files are laid over ``file``, in the order of their names.

    ``visaged.toml`` has ``conf.d`` beside it; any other file, such as that of one of several cameras, has a folder that
    is named after it (``front.toml.d``), so that no two daemons share one by accident.
    """
    return file.with_name("conf.d" if file.name == SYSTEM_FILE.name else f"{file.name}.d")


def _small_files(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".toml" and not file.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise InvalidConfigError(Problem(str(folder), f"cannot be read: {exc.strerror or exc}")) from exc
