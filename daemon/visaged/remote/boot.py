"""With which configuration the daemon starts: the one that is wanted, else one that is known to work."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from visaged.board.files import root, text
from visaged.config import Config, InvalidConfigError, Loaded, Patch, Problem
from visaged.config.groups import names
from visaged.config.loader import DEFAULTS
from visaged.remote.layer import Load, merged
from visaged.remote.ledger import Kept, Ledger, laid_over, restored
from visaged.remote.storage import Storage, StorageError

log = logging.getLogger("visaged")

Begins = Literal["local", "committed", "reverted", "rejected", "safe_mode"]

BAD_BOOTS = 3
"""Starts in a row that came to a bad end, after which the last good configuration is taken, and after as many again
the default one."""

KERNEL_BOOT = Path("proc/sys/kernel/random/boot_id")
"""Says which boot of the kernel this is."""

INTERRUPTED = "the daemon or the power went down during the trial"


@dataclass(frozen=True, slots=True)
class Start:
    """``reason``: why it is not what is wanted; None: it is. ``problems``: what is wrong with that. ``patch``: what of
    it came from afar. ``instead``: what stands in for the files on the device; empty: they are in order."""

    loaded: Loaded
    ledger: Ledger
    state: Begins
    reason: str | None = None
    problems: tuple[Problem, ...] = ()
    patch: Patch | None = None
    instead: tuple[Kept, ...] = ()


def begin(load: Load, storage: Storage, state: Path, *, is_supervised: bool) -> Start:
    """Decide, and keep what was decided.

    ``is_supervised``: whether somebody starts the daemon again when it ends, who is helped by safe mode; a person at a
    terminal is told what is wrong instead: ``InvalidConfigError``.
    """
    ledger = _read(storage)
    before = ledger
    if ledger.trial:
        ledger = ledger.revert(INTERRUPTED)
    if is_supervised:
        ledger = ledger.started(text(root() / KERNEL_BOOT))
    start = _decide(load, ledger, state, is_supervised)
    if start.ledger != before:
        storage.keep(start.ledger)
    return start


def _decide(load: Load, ledger: Ledger, state: Path, is_supervised: bool) -> Start:
    try:
        local = load(None)
    except InvalidConfigError as exc:
        if not (is_supervised and ledger.last):
            raise
        return _without_files(ledger, state, exc)
    if is_supervised and ledger.boots > BAD_BOOTS:
        return _safe(local, ledger)
    if not local.config.remote.enabled:
        return Start(local, ledger, "local")
    try:
        patch = merged(ledger.good, names(local.config.remote.groups), state)
        loaded = load(patch) if patch else local
    except InvalidConfigError as exc:
        reason = "what was set from afar does not go with the configuration on the device any more"
        return Start(local, ledger, "rejected", reason, exc.problems)
    if ledger.reverted is not None:
        return Start(loaded, ledger, "reverted", ledger.reverted.reason, patch=patch)
    return Start(loaded, ledger, "committed" if patch else "local", patch=patch)


def _without_files(ledger: Ledger, state: Path, broken: InvalidConfigError) -> Start:
    """With the last good configuration, be it with what was set from afar."""
    loaded = restored(ledger.last)
    reason = f"the configuration on the device is broken: {'; '.join(str(broken).splitlines())}"
    patch = None
    with suppress(InvalidConfigError):
        wanted = merged(ledger.good, names(loaded.config.remote.groups), state)
        patch = wanted if laid_over(ledger.last, wanted).config == loaded.config else None
    return Start(loaded, ledger, "safe_mode", reason, broken.problems, patch, ledger.last)


def _safe(local: Loaded, ledger: Ledger) -> Start:
    """After bad boots; where the device is, and who may say what to it, stays as it is on the device."""
    reason = f"the last {ledger.boots - 1} starts came to a bad end"
    if ledger.last and ledger.boots <= 2 * BAD_BOOTS:
        try:
            kept = restored(ledger.last)
            return Start(kept, ledger, "safe_mode", f"{reason}; this is the last good configuration")
        except InvalidConfigError:
            log.warning("The last good configuration is of another version of visaged.")
    here = local.config
    config = replace(Config(), device=here.device, mqtt=here.mqtt, remote=here.remote)
    return Start(
        Loaded(config, DEFAULTS.origin, DEFAULTS.layer), ledger, "safe_mode", f"{reason}; these are the defaults"
    )


def _read(storage: Storage) -> Ledger:
    try:
        return storage.read()
    except StorageError as exc:
        log.warning("%s.", exc)
        return Ledger()
