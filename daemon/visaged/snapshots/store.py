"""The snapshots on disk: whole ones only, numbered, and within their limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from visaged.snapshots import names, quota
from visaged.snapshots.folder import Folder, StoreError, explained, opened
from visaged.snapshots.quota import Stored
from visaged.snapshots.settings import Limits


@dataclass(frozen=True, slots=True)
class Usage:
    """How many whole snapshots there are, and their bytes."""

    count: int = 0
    size: int = 0


class Store:
    """The folder ``path``; ``with_parents``: make those above it, too, which suits a folder that nobody chose.

    Every method raises StoreError where the folder cannot be used. Files that are not named as ours are neither
    counted nor touched. Below ``limits.min_free_bytes`` nothing is written, and nothing is removed to get there: what
    fills the disk is not ours to judge.
    """

    def __init__(self, path: Path, limits: Limits, *, with_parents: bool) -> None:
        self.path = path
        self.usage = Usage()
        self._number = 0
        self._limits = limits
        self._with_parents = with_parents

    def tidy(self) -> None:
        """Make the folder, and remove what dead runs have left in it and what is too old."""
        self._make()
        with opened(self.path) as folder:
            self._count(self._tidied(folder))

    def save(self, utc: float, face: int, parts: Mapping[str, bytes], describe: Callable[[str], bytes]) -> list[str]:
        """Write a snapshot, captured at ``utc``, of the face with that id; gives the names of its files, sidecar first.

        ``parts`` by ending; ``describe`` makes the sidecar when it is told the snapshot's name. The oldest snapshots
        make room first where the limits ask for it.
        """
        self._make()
        with opened(self.path) as folder:
            stored = self._tidied(folder)
            self._number = min(self._number + 1, names.LARGEST)
            name = names.make(self._number, utc, face)
            files = {name + names.SIDECAR: describe(name), **{name + end: part for end, part in parts.items()}}
            stored = self._make_room(folder, stored, sum(map(len, files.values())))
            folder.put(files, mark=name + names.SIDECAR)
            self._count([*stored, Stored(name, sum(map(len, files.values())), utc)])
            return list(files)

    def try_out(self, size: int) -> None:
        """Whether a snapshot of ``size`` bytes could be written now."""
        self._make()
        with opened(self.path) as folder:
            stored = self._make_room(folder, self._tidied(folder), size)
            self._count(stored)
            folder.try_out(size)

    def _make(self) -> None:
        with explained(self.path):
            self.path.mkdir(0o750, parents=self._with_parents, exist_ok=True)

    def _tidied(self, folder: Folder) -> list[Stored]:
        """The whole snapshots, oldest first, once leftovers and those that are too old are gone."""
        stored, leftovers = _inventory(folder)
        self._number = max([self._number, *(names.number(one.name) for one in stored[-1:])])
        self._remove_files(folder, leftovers)
        old = frozenset(quota.too_old(stored, self._limits, time.time()))
        self._remove(folder, old)
        return [one for one in stored if one not in old]

    def _make_room(self, folder: Folder, stored: list[Stored], size: int) -> list[Stored]:
        """Remove the oldest that the limits do not allow beside ``size`` new bytes; gives the rest."""
        try:
            gone = quota.displaced(stored, self._limits, size)
        except ValueError as exc:
            raise StoreError("too_large", f"a snapshot does not fit into snapshot.max_mb: {exc}") from exc
        self._check_free(folder, size - sum(one.size for one in gone))
        self._remove(folder, gone)
        return stored[len(gone) :]

    def _check_free(self, folder: Folder, size: int) -> None:
        least = self._limits.min_free_bytes
        if least and folder.free() - size < least:
            floor = f"{least / 1e6:g} MB"
            sentence = (
                f"no snapshot is written to {self.path}: less than {floor} (snapshot.min_free_mb) would stay free"
            )
            raise StoreError("disk_full", sentence)

    def _remove(self, folder: Folder, gone: Iterable[Stored]) -> None:
        """Whole snapshots; the sidecar first, so that what an interruption leaves does not look whole."""
        for one in gone:
            self._remove_files(folder, (one.name + ending for ending in names.ENDINGS))

    def _remove_files(self, folder: Folder, files: Iterable[str]) -> None:
        for file in files:
            folder.remove(file)

    def _count(self, stored: Iterable[Stored]) -> None:
        sizes = [one.size for one in stored]
        self.usage = Usage(len(sizes), sum(sizes))


def _inventory(folder: Folder) -> tuple[list[Stored], list[str]]:
    """The whole snapshots, oldest first, and the files that belong to none."""
    sizes = dict(folder.sizes())
    whole: dict[str, int] = {}
    leftovers = []
    for file, size in sizes.items():
        parted = names.split(file)
        if parted is not None and parted[0] + names.SIDECAR in sizes:
            whole[parted[0]] = whole.get(parted[0], 0) + size
        else:
            leftovers.append(file)
    by_number = sorted(whole, key=names.age)
    return [Stored(name, whole[name], names.utc(name)) for name in by_number], leftovers
