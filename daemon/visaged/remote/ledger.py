"""What is kept of the configuration from afar: which patches are in force, on trial, and done with. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from visaged.config import Loaded, Patch
from visaged.config.keys import KEYS
from visaged.config.loader import DEFAULTS, assemble
from visaged.config.settings import Layer, Setting

DEVICE = "device"
"""The origin of a patch for this device alone; that of a group's is ``group/NAME``."""

Verdict = Literal["new", "same", "older", "other content"]


class Document(msgspec.Struct, frozen=True):
    """A patch as it came: from where, its version, the SHA-256 of its bytes (hexadecimal), and these."""

    origin: str
    version: int
    sha256: str
    data: bytes

    @property
    def about(self) -> dict[str, Any]:
        """Which one it is, in messages."""
        return {"origin": self.origin, "version": self.version, "hash": self.sha256}


class Mark(msgspec.Struct, frozen=True):
    """The highest version that was tried, and the SHA-256 of its bytes."""

    version: int
    sha256: str


class Refusal(msgspec.Struct, frozen=True):
    """A patch that is not in force, and why; ``version`` None: it could not be read."""

    origin: str
    version: int | None
    sha256: str | None
    reason: str

    @property
    def about(self) -> dict[str, Any]:
        """Which one it is, in messages."""
        return {"origin": self.origin, "version": self.version, "hash": self.sha256}


class Kept(msgspec.Struct, frozen=True):
    """One value of a configuration that has proved itself."""

    path: str
    value: Any
    where: str
    layer: Layer

    @property
    def setting(self) -> Setting:
        """As it was set."""
        return Setting(self.path, self.value, self.where, self.layer)


class Ledger(msgspec.Struct, frozen=True):
    """All of it. ``good``: the patches that have proved themselves, by origin; ``trial``: those that have not yet.

    ``marks``: by origin, what was tried last, whatever became of it. ``reverted``: what was taken back last;
    ``refused``: that by origin, whatever was kept since from another one.
    ``boots``: starts in a row that came to a bad end, and the one that has yet to show how it ends; ``kernel``: in
    which boot of the kernel that one was, None: unknown. ``last``: the last configuration that has proved itself.
    """

    format: Literal[1] = 1
    good: dict[str, Document] = {}
    trial: dict[str, Document] = {}
    marks: dict[str, Mark] = {}
    reverted: Refusal | None = None
    refused: dict[str, Refusal] = {}
    boots: int = 0
    kernel: str | None = None
    last: tuple[Kept, ...] = ()

    def judge(self, document: Document) -> Verdict:
        """Whether ``document`` is one to be tried."""
        tried = self.trial.get(document.origin)
        mark = Mark(tried.version, tried.sha256) if tried else self.marks.get(document.origin)
        if mark is None or document.version > mark.version:
            return "new"
        if document.version < mark.version:
            return "older"
        return "same" if document.sha256 == mark.sha256 else "other content"

    @property
    def wanted(self) -> dict[str, Document]:
        """What is to be in force, by origin: on trial or proved."""
        return self.good | self.trial

    @property
    def tried(self) -> dict[str, int]:
        """The highest version that was ever tried, by origin."""
        return {origin: mark.version for origin, mark in self._marked().marks.items()}

    def refusal(self, origin: str) -> Refusal | None:
        """Why what was tried last from ``origin`` is not in force; None: it is, or nobody wants it any more."""
        last = self.refused.get(origin, self.reverted)  # a version before has written only the latter
        return last if last and (last.origin, last.version) == (origin, self.tried.get(origin)) else None

    def begin(self, document: Document) -> Ledger:
        """``document`` is tried."""
        return replace(self, trial=self.trial | {document.origin: document})

    def commit(self) -> Ledger:
        """What is on trial has proved itself."""
        return replace(self._marked(), good=self.wanted, trial={}, reverted=None)

    def revert(self, reason: str) -> Ledger:
        """What is on trial has failed, and is not tried again."""
        if not self.trial:
            return self
        failed = {one.origin: Refusal(one.origin, one.version, one.sha256, reason) for one in self.trial.values()}
        reverted = list(failed.values())[-1]
        return replace(self._marked(), trial={}, reverted=reverted, refused=self.refused | failed)

    def give_up(self) -> Ledger:
        """What is on trial was never judged, and may be tried again."""
        return replace(self, trial={})

    def clear(self, origin: str) -> Ledger:
        """Nothing is wanted from ``origin`` any more; its versions count on."""
        good = {name: document for name, document in self.good.items() if name != origin}
        trial = {name: document for name, document in self.trial.items() if name != origin}
        refused = {name: refusal for name, refusal in self.refused.items() if name != origin}
        dropped = self.trial.get(origin)  # what is good was marked when it was kept
        marks = self.marks | ({origin: Mark(dropped.version, dropped.sha256)} if dropped else {})
        return replace(self, good=good, trial=trial, marks=marks, reverted=None, refused=refused)

    def started(self, kernel: str | None) -> Ledger:
        """The daemon has started in this boot of the kernel, and has yet to show that it can live.

        What ended together with the kernel came to no bad end: somebody has pulled the power.
        """
        is_another = None not in (kernel, self.kernel) and kernel != self.kernel
        return replace(self, boots=max(1, self.boots) if is_another else self.boots + 1, kernel=kernel)

    def settled(self) -> Ledger:
        """The daemon lives, or has ended in order."""
        return replace(self, boots=0)

    def proved(self, loaded: Loaded) -> Ledger:
        """``loaded`` was in force while all was well."""
        return replace(self, last=kept(loaded))

    def _marked(self) -> Ledger:
        tried = {document.origin: Mark(document.version, document.sha256) for document in self.trial.values()}
        return replace(self, marks=self.marks | tried)


def kept(loaded: Loaded) -> tuple[Kept, ...]:
    """The values of ``loaded`` that somebody has set."""
    return tuple(
        Kept(path, key.of(loaded.config), loaded.origin[path], loaded.layer[path])
        for path, key in KEYS.items()
        if key.of(loaded.config) != key.default
    )


def restored(values: Iterable[Kept]) -> Loaded:
    """The configuration of which these were kept; ``InvalidConfigError`` where this version cannot use it."""
    return assemble([one.setting for one in values]) if values else DEFAULTS


def laid_over(values: Iterable[Kept], patch: Patch | None) -> Loaded:
    """The same with ``patch`` instead of what had come from afar; ``InvalidConfigError`` where that does not go."""
    here = [one.setting for one in values if one.layer != "remote"]
    under = [setting for setting in here if setting.layer != "command line"]
    above = [setting for setting in here if setting.layer == "command line"]
    return assemble([*under, *(patch.settings if patch else ()), *above])
