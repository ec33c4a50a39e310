"""What patches are laid over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from visaged.config import Config, Loaded, Patch
from visaged.config.groups import names
from visaged.remote.layer import Load, merged
from visaged.remote.ledger import Document, Kept, Ledger, laid_over


class Ground:
    """The files on the device and its command line, which ``load`` reads; while those are broken, ``instead``, which is
    empty where they are not. ``state`` is the state directory. What loads raises InvalidConfigError."""

    def __init__(self, load: Load, instead: Sequence[Kept], state: Path) -> None:
        self._load = load
        self._instead = instead
        self._state = state

    @property
    def is_broken(self) -> bool:
        """Whether the files cannot be used."""
        return bool(self._instead)

    def mended(self) -> None:
        """The files can be used again."""
        self._instead = ()

    def layer(self, ledger: Ledger, loaded: Loaded) -> Patch | None:
        """What is wanted from afar where ``loaded`` says to whom the device belongs; None: nothing is."""
        remote = loaded.config.remote
        return merged(ledger.wanted, names(remote.groups), self._state) if remote.enabled else None

    def layered(self, ledger: Ledger, local: Loaded) -> Loaded:
        """``local``, which are the files as they are now, with what is wanted from afar."""
        patch = self.layer(ledger, local)
        return self._load(patch) if patch else local

    def tried(self, wanted: Mapping[str, Document], config: Config) -> Loaded:
        """What is ``wanted`` by a device as in ``config``, over the files or what stands in for them."""
        patch = merged(wanted, names(config.remote.groups), self._state)
        return laid_over(self._instead, patch) if self._instead else self._load(patch)

    def files(self, wanted: Mapping[str, Document], config: Config) -> Loaded:
        """The same over the files, however it was with them before."""
        return self._load(merged(wanted, names(config.remote.groups), self._state))
