"""A folder whose files appear whole or not at all, held open and to ourselves for one operation."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from visaged.errors import SnapshotError
from visaged.snapshots import names

LOCK_TIMEOUT_S = 2.0
LOCK_STEP_S = 0.05


class StoreError(SnapshotError):
    """The folder cannot be used now; the next snapshot would fail like this one."""


_CODES = {
    errno.ENOSPC: ("disk_full", "the disk is full; make room, or lower snapshot.max_mb"),
    errno.EDQUOT: ("disk_full", "the user's disk quota is used up; raise it, or lower snapshot.max_mb"),
    errno.EROFS: ("read_only", "the file system is read-only; mount it writable, or set snapshot.folder"),
    errno.ENOENT: ("folder_missing", "the folder above it is not there; mount or make it, or set snapshot.folder"),
    errno.EEXIST: ("folder_missing", "it is not a folder; set snapshot.folder to one"),
    errno.ENOTDIR: ("folder_missing", "it is not a folder; set snapshot.folder to one"),
    errno.EACCES: ("not_permitted", "the daemon may not write there; change the owner, or set snapshot.folder"),
    errno.EPERM: ("not_permitted", "the daemon may not write there; change the owner, or set snapshot.folder"),
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Inside, a failure of the system is a StoreError that says what is wrong with ``path``."""
    try:
        yield
    except OSError as exc:
        code, cause = _CODES.get(exc.errno or 0, ("disk_error", (exc.strerror or str(exc)).lower()))
        raise StoreError(code, f"no snapshot can be written to {path}: {cause}") from exc


class Folder:
    """An open folder. Only regular files with our own names are ever seen, and no link is followed out of it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Name and bytes of each file that is a snapshot's, or what is left of one."""
        with os.scandir(self._descriptor) as entries:
            for entry in entries:
                if names.split(entry.name) is None and not names.is_temporary(entry.name):
                    continue
                with suppress(FileNotFoundError):  # somebody else has removed it
                    about = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(about.st_mode):
                        yield entry.name, about.st_size

    def remove(self, file: str) -> None:
        """Remove a file; one that is gone already is fine."""
        with suppress(FileNotFoundError):
            os.unlink(file, dir_fd=self._descriptor)

    def free(self) -> int:
        """Bytes that may still be written by us."""
        about = os.statvfs(self._descriptor)
        return about.f_bavail * about.f_frsize

    def put(self, files: Mapping[str, bytes], mark: str) -> None:
        """Write ``files``, by name; on disk, ``mark`` among them appears last: it says that all others are there.

        Where it fails nothing is left, neither now nor after a power cut.
        """
        try:
            for file, content in files.items():
                self._write(names.temporary(file), content)
            for file in files:
                if file != mark:
                    self._settle(file)
            self.sync()
            self._settle(mark)
            self.sync()
        except BaseException:
            self._take_back(files, mark)
            raise

    def sync(self) -> None:
        """Make the names in the folder survive a power cut."""
        os.fsync(self._descriptor)

    def try_out(self, size: int) -> None:
        """Write as many bytes as a snapshot would have, and remove them again."""
        file = names.temporary(names.make(0, 0.0, 0) + names.DEPTH)
        try:
            self._write(file, bytes(size))
        finally:
            self.remove(file)

    def _write(self, file: str, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(file, flags, 0o640, dir_fd=self._descriptor)
        with open(descriptor, "wb") as stream:  # noqa: PTH123  a descriptor has no path
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)

    def _settle(self, file: str) -> None:
        here = self._descriptor
        os.rename(names.temporary(file), file, src_dir_fd=here, dst_dir_fd=here)

    def _take_back(self, files: Mapping[str, bytes], mark: str) -> None:
        for file in (mark, *files):
            for name in (file, names.temporary(file)):
                with suppress(OSError):  # the disk has failed already; the next one to come tidies up
                    self.remove(name)


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """The folder ``path``, locked against other processes; failures inside are explained as StoreError.

    It is not kept open in between, so that its file system may be unmounted, exchanged and mounted again.
    """
    with explained(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _lock(descriptor, path)
            yield Folder(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            if time.monotonic() > deadline:
                raise StoreError("folder_in_use", f"another process holds {path}; give it a folder") from exc
            time.sleep(LOCK_STEP_S)
