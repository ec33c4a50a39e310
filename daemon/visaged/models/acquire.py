"""The two ways to a new pack: from a folder, or from the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from visaged.models import registry
from visaged.models.download import Patience
from visaged.models.fetch import fetch_originals
from visaged.models.importer import import_pack
from visaged.models.optional import import_library
from visaged.models.pack import Pack
from visaged.models.recognise import recognise


def from_folder(source: Path, place: Path, regressor: str | None, *, allow_unverified: bool) -> Iterator[Pack]:
    """Import everything recognised at ``source`` into the folder ``place``, pack by pack; raises ModelError."""
    packs = registry.installed()
    for originals in recognise(source, packs):
        known = packs[originals.pack]
        yield import_pack(originals, known, place, regressor=regressor, allow_unverified=allow_unverified)


def from_network(name: str, place: Path, regressor: str | None, *, base_url: str | None, timeout: float) -> Pack:
    """Download, verify and import the pack ``name``; ``timeout`` in seconds. Raises ModelError."""
    import_library("onnx")  # what the import will need is asked for before a long download
    source = registry.installed()[name]
    patience = Patience(timeout=timeout)
    originals = fetch_originals(name, source, place, regressor=regressor, base_url=base_url, patience=patience)
    return import_pack(originals, source, place, regressor=regressor)
