"""Finds what can be imported in a folder that a person points at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from visaged.errors import ModelError
from visaged.models.registry import SourcePack


@dataclass(frozen=True, slots=True)
class Originals:
    """The originals of one pack: where each file of the registry would be on this disk."""

    pack: str
    files: Mapping[str, Path]


def recognise(place: Path, packs: Mapping[str, SourcePack]) -> list[Originals]:
    """The importable things at ``place``: a clone of 3DDFA_V2, YuNet's file or folder, or a folder holding both.

    Raises ModelError where there is nothing of the kind.
    """
    if not place.exists():
        raise ModelError(f"{place} does not exist; name a folder with a clone of 3DDFA_V2 or with YuNet's ONNX file")
    found = [*_clones(place, packs["3ddfa_v2"]), *_yunets(place, packs["yunet"])]
    if not found:
        raise ModelError(f"{place} holds neither a clone of 3DDFA_V2 (weights/, configs/) nor YuNet's ONNX file")
    return found


def _clones(place: Path, pack: SourcePack) -> Iterator[Originals]:
    for folder in _near(place):
        if (folder / "configs").is_dir() or (folder / "weights").is_dir():
            yield Originals("3ddfa_v2", {path: folder / path for path in pack.files})
            return


def _yunets(place: Path, pack: SourcePack) -> Iterator[Originals]:
    (path,) = pack.files
    if place.is_file():
        candidates = [place] if place.suffix == ".onnx" else []
    else:
        candidates = [folder / tail for folder in _near(place) for tail in (path, PurePosixPath(path).name)]
    for file in candidates:
        if file.is_file():
            yield Originals("yunet", {path: file})
            return


def _near(place: Path) -> list[Path]:
    """The folder itself and those in it."""
    if not place.is_dir():
        return []
    return [place, *sorted(child for child in place.iterdir() if child.is_dir() and not child.name.startswith("."))]
