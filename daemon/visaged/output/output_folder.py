"""A folder for results, in which the files of one picture appear when all of them are written."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from visaged.errors import UsageError, VisagedError
from visaged.partial import partial_name
from visaged.signals import held_signals

_REMEDIES = {
    errno.ENOSPC: "make room there, or choose another --out",
    errno.EDQUOT: "make room there, or choose another --out",
    errno.ENAMETOOLONG: "use shorter names",
}


class OutputFolderError(VisagedError):
    """The folder for results cannot be written to."""


class OutputFolder:
    """The folder ``path``, made with those above it. ``inputs``: the files that are read, and not to be replaced.

    Raises OutputFolderError where there is none, and cannot be.
    """

    def __init__(self, path: Path, inputs: Collection[Path] = ()) -> None:
        self._path = path
        self._inputs = {*map(_real, inputs)}
        with self._explained():
            path.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def together(self) -> Iterator[Batch]:
        """Takes files; when the block ends well they take their places, one right after the other, else nothing is left
        of them. Signals to end wait until all have theirs; a loss of power or ``kill -9`` does not.

        Raises OutputFolderError where they cannot be written. Belongs in the main thread.
        """
        batch = Batch(self._path, self._inputs)
        with self._explained():
            try:
                yield batch
                batch.settle()
            finally:
                batch.clear()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            remedy = _REMEDIES.get(exc.errno or 0, "choose another --out")
            reason = "it is no folder" if exc.errno == errno.EEXIST else (exc.strerror or str(exc)).lower()
            raise OutputFolderError(f"cannot write to {self._path}: {reason}; {remedy}") from exc


class Batch:
    """Files on their way into a folder, under temporary names; ``paths`` are those that they will have."""

    def __init__(self, folder: Path, inputs: Collection[Path]) -> None:
        self._folder = folder
        self._inputs = inputs
        self._parts: dict[Path, Path] = {}

    @property
    def paths(self) -> list[Path]:
        """In the order in which they came."""
        return list(self._parts)

    def add(self, name: str, content: bytes) -> None:
        """Write a file of that name. Raises UsageError where it would replace one that is read."""
        target = self._folder / name
        if _real(target) in self._inputs:
            raise UsageError(f"{target} is read, and would be replaced by a result; choose another --out")
        if target.is_dir():
            raise OutputFolderError(f"{target} is a folder, where a result is to be; choose another --out")
        part = self._folder / partial_name(".part")
        self._parts[target] = part
        with part.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())

    def settle(self) -> None:
        """Move the files to their places, each in one step, in the order in which they came.

        Where one cannot be moved, those before it are in their places already.
        """
        with held_signals():
            for target, part in self._parts.items():
                part.replace(target)

    def clear(self) -> None:
        """Remove what has not found its place."""
        for part in self._parts.values():
            with suppress(OSError):
                part.unlink()


def _real(path: Path) -> Path:
    """``path`` without links, as far as there is something; one in a circle of links is left to who opens it."""
    return Path(os.path.realpath(path))
