"""The ledger on disk: whole or not at all, whatever happens to power and process."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import time
from pathlib import Path

import msgspec

from visaged.errors import VisagedError
from visaged.partial import partial_name, sync_folder
from visaged.remote.ledger import Ledger

log = logging.getLogger("visaged")

LARGEST_BYTES = 8 * 1024 * 1024

KEEP_AGAIN_S = 30.0
"""After so long a disk that took nothing is tried again."""


class StorageError(VisagedError):
    """What is configured from afar cannot be kept, or what was kept cannot be read."""


def name_of(config: Path | None, identity: str) -> str:
    """The file of the daemon that was started with this configuration file and these words about who it is."""
    whole = f"{config.absolute() if config else ''}\n{identity}"
    return f"remote-{config.stem if config else 'visaged'}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}.json"


class Storage:
    """One file, which only its owner may read: addresses of cameras may hold credentials.

    ``trouble``: why it does not hold what it should; None: it does.
    """

    def __init__(self, file: Path) -> None:
        self.trouble: str | None = None
        self._file = file
        self._tried_again = time.monotonic()

    def read(self) -> Ledger:
        """What was written last, an empty ledger where nothing was. Raises StorageError."""
        try:
            with self._file.open("rb") as stream:
                return msgspec.json.decode(stream.read(LARGEST_BYTES), type=Ledger)
        except FileNotFoundError:
            return Ledger()
        except OSError as exc:
            raise StorageError(f"{self._file} cannot be read: {_cause(exc)}") from exc
        except (ValueError, RecursionError) as exc:
            raise StorageError(f"{self._file} is damaged; what was set from afar is forgotten") from exc

    def write(self, ledger: Ledger) -> None:
        """Keep ``ledger``; it is on the disk when this is back. Raises StorageError where it cannot be."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._replace(msgspec.json.encode(ledger))
        except OSError as exc:
            self.trouble = f"{self._file} cannot be written: {_cause(exc)}"
            raise StorageError(self.trouble) from exc
        self.trouble = None

    def keep(self, ledger: Ledger) -> None:
        """The same; where it cannot be, a restart finds what was before: which is safe, and said once."""
        before = self.trouble
        try:
            self.write(ledger)
        except StorageError as exc:
            if self.trouble != before:
                log.warning("%s; after a restart what was before is in force.", exc)

    def keep_again(self, ledger: Ledger, now: float) -> None:
        """Try a disk that took nothing again at ``now`` (monotonic), if it is time to."""
        if self.trouble is not None and now - self._tried_again >= KEEP_AGAIN_S:
            self._tried_again = now
            self.keep(ledger)

    def _replace(self, data: bytes) -> None:
        part = self._file.parent / partial_name(".json")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(self._file)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(self._file.parent)


def _cause(exc: OSError) -> str:
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; make room"
    if exc.errno == errno.EROFS:
        return "the file system is read-only; mount it writable"
    return (exc.strerror or str(exc)).lower()
