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
        return self._merged(ledger.wanted, loaded.config) if loaded.config.remote.enabled else None

    def layered(self, ledger: Ledger, local: Loaded) -> Loaded:
        """``local``, which are the files as they are now, with what is wanted from afar."""
        patch = self.layer(ledger, local)
        return self._load(patch) if patch else local

    def tried(self, wanted: Mapping[str, Document], config: Config) -> Loaded:
        """What is ``wanted`` by a device as in ``config``, over the files or what stands in for them."""
        if self._instead:
            return laid_over(self._instead, self._merged(wanted, config))
        return self.files(wanted, config)

    def files(self, wanted: Mapping[str, Document], config: Config) -> Loaded:
        """The same over the files, however it was with them before."""
        return self._load(self._merged(wanted, config))

    def _merged(self, wanted: Mapping[str, Document], config: Config) -> Patch | None:
        return merged(wanted, names(config.remote.groups), self._state)
