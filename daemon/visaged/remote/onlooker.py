"""What the daemon on this machine keeps of the configuration from afar, for others to see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from visaged import state
from visaged.config import SYSTEM_FILE, Patch
from visaged.remote.layer import merged
from visaged.remote.ledger import Ledger
from visaged.remote.storage import Storage, name_of


def kept(config: Path | None, identity: str, groups: Sequence[str]) -> Patch | None:
    """The layer from afar of the daemon that was started with ``config``, whatever path was written for it then, and
    ``identity``; None: there is none.

    Raises StorageError where it may not be read, InvalidConfigError where it is not permitted any more.
    """
    for file in dict.fromkeys(_files(config)):
        for folder in dict.fromkeys(_folders(file)):
            ledger = Storage(folder / name_of(file, identity)).read()
            if ledger != Ledger():
                return merged(ledger.wanted, groups, folder)
    return None


def _files(config: Path | None) -> Iterator[Path | None]:
    """What may have been written for ``config``; the service of this name is started without any."""
    file = config or SYSTEM_FILE
    yield from (config, file.parent.resolve() / file.name, file.resolve())
    if file.resolve() == SYSTEM_FILE.resolve():
        yield from (SYSTEM_FILE, None)


def _folders(config: Path | None) -> Iterator[Path]:
    """Where such a daemon may have its state: as a service, or started by this user."""
    yield state.folder()
    if config is None or config == SYSTEM_FILE:
        yield state.SYSTEM
    elif config.parent == SYSTEM_FILE.parent:
        yield state.SYSTEM.with_name(f"{state.SYSTEM.name}-{config.stem}")
