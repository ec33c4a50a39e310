"""Reading the files that one step leaves for the next."""

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from visaged.errors import ModelError, UsageError

UNREADABLE = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)


def need(path: Path, maker: str) -> None:
    """Raise UsageError unless there is a file that the script ``maker`` was to leave at ``path``."""
    if not path.is_file():
        raise UsageError(f"there is no file {path}; make it with {maker}")


def read_arrays(path: Path, names: Iterable[str], maker: str) -> dict[str, np.ndarray]:
    """The arrays ``names`` of the ``npz`` file that ``maker`` wrote.

    Raises UsageError where there is none, ModelError where it is damaged or something else.
    """
    need(path, maker)
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except KeyError as exc:
        raise ModelError(f"{path} is not what {maker} writes: {exc.args[0]}; make it anew with {maker}") from exc
    except UNREADABLE as exc:
        raise ModelError(f"{path} cannot be read ({exc}); make it anew with {maker}") from exc
