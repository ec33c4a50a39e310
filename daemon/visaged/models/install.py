"""Puts a pack in its place in one step: until it is complete and on disk, nothing looks like one."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from visaged.errors import ModelError
from visaged.partial import sync_folder

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def staged(place: Path, name: str) -> Iterator[Path]:
    """A new folder that becomes ``place``/``name`` if the block ends well, and vanishes if not.

    A pack of that name stays usable until it is replaced in one step. Raises ModelError where the place cannot
    be written, or another import is writing there.
    """
    with writing_to(place), locked(place):
        for leftover in place.glob(f".{name}.*.part"):
            shutil.rmtree(leftover)
        folder = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".part", dir=place))
        try:
            yield folder
            _settle(folder)
            _put(folder, place / name)
            sync_folder(place)
        finally:
            # After a replacement this is the pack that was there before.
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """Make the folder ``place`` and turn a failure to write into a ModelError."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as exc:
        raise ModelError(
            f"cannot write to {place} ({exc.strerror}); make room there, or choose another --models-dir"
        ) from exc


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from writing to ``folder``; a killed process lets go by itself."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise ModelError(f"another 'visaged models' command is writing to {folder}; wait until it ends") from exc
        yield


def _settle(folder: Path) -> None:
    """Everything on disk, and readable by the daemon's own user whatever the umask of who imports."""
    for path in folder.iterdir():
        path.chmod(0o644)
        with path.open("rb") as file:
            os.fsync(file.fileno())
    folder.chmod(0o755)
    sync_folder(folder)


def _put(folder: Path, target: Path) -> None:
    if not target.exists():
        folder.rename(target)
    elif not _exchange(folder, target):
        aside = folder.with_name(f".{target.name}.old.part")
        target.rename(aside)
        folder.rename(target)
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system or the file system cannot."""
    with suppress(AttributeError):  # a C library without renameat2
        swap = ctypes.CDLL(None, use_errno=True).renameat2
        if swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
            return True
        code = ctypes.get_errno()
        if code not in (errno.EINVAL, errno.ENOSYS):
            raise OSError(code, os.strerror(code), str(other))
    return False
