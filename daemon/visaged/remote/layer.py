"""The patches that are wanted as one layer of the configuration: groups in the order in which they are listed, then the
device's own, each over the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from visaged.config import Loaded, Patch, read_patch
from visaged.remote.desired import name_of
from visaged.remote.ledger import DEVICE, Document

Load = Callable[[Patch | None], Loaded]
"""Gives the configuration of files and command line with a patch in between; raises InvalidConfigError."""


def origins(groups: Sequence[str]) -> tuple[str, ...]:
    """From where a device that belongs to ``groups`` takes patches, the later winning."""
    return (*(f"group/{group}" for group in groups), DEVICE)


def merged(wanted: Mapping[str, Document], groups: Sequence[str], state: Path) -> Patch | None:
    """The layer, None where nothing is wanted. ``InvalidConfigError`` where one is not permitted (any more)."""
    documents = [wanted[origin] for origin in origins(groups) if origin in wanted]
    if not documents:
        return None
    patches = [read_patch(document.data, name_of(document.origin), state) for document in documents]
    return Patch(patches[-1].version, tuple(setting for patch in patches for setting in patch.settings))
