"""``visaged image -o KIND --out DIR``: the files that are made of each picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visaged.cli.interruption import interruptible
from visaged.cli.kinds import ALL, chosen_kinds
from visaged.errors import ModelError, UsageError
from visaged.output.kinds import FILE_KINDS, PICTURE_KINDS

if TYPE_CHECKING:
    from visaged.assembly import Vision
    from visaged.formats.ply import Form
    from visaged.output.pictures import Painter, Scene
    from visaged.values import Face, Image

IMAGE_KINDS = (*PICTURE_KINDS, *FILE_KINDS)


@dataclass(frozen=True)
class Making:
    """What to make of ``pictures``, and where. ``optional``: the kinds that a pack may lack the data for."""

    kinds: tuple[str, ...]
    optional: frozenset[str]
    folder: Path
    ply: Form
    json: bool
    pictures: tuple[Path, ...]


def check_making(args: argparse.Namespace) -> Making | None:
    """What the options ask for, None where no files are asked for; raises UsageError where they do not fit."""
    if args.kinds is None:
        given = next((option for option in ("out", "ply") if getattr(args, option) is not None), None)
        if given is not None:
            raise UsageError(f"--{given} says how to write, but not what; add -o with one of {', '.join(IMAGE_KINDS)}")
        return None
    chosen = chosen_kinds(args.kinds, (*IMAGE_KINDS, ALL))
    kinds = IMAGE_KINDS if ALL in chosen else chosen
    if args.out is None:
        raise UsageError("-o needs a folder to write to; add --out DIR, as --out . for this one")
    if args.ply is not None and "ply" not in kinds:
        raise UsageError("--ply is the form of -o ply, which is not asked for; add ply to -o, or leave --ply out")
    _check_names(args.files, kinds)
    return Making(kinds, frozenset(kinds) - {*chosen}, args.out, args.ply or "binary", args.json, tuple(args.files))


def open_maker(making: Making, vision: Vision) -> Callable[[Path, Image, list[Face]], bool]:
    """What makes the files of a picture and its faces, prints what there is to print, and says whether there was a
    face for each kind.

    Raises OutputFolderError where the folder cannot be used, ModelError where the pack lacks what a kind needs.
    """
    from visaged.output.output_folder import OutputFolder
    from visaged.output.pictures import Painter
    from visaged.output.results import Results

    painter = Painter(vision.surface)
    kinds = list(_possible(painter, making))
    results = Results(vision.pack, making.ply)
    folder = OutputFolder(making.folder, making.pictures)

    def make(path: Path, image: Image, faces: list[Face]) -> bool:
        scene = painter.scene(image, faces)
        with interruptible(f"of {path} either everything is written or nothing"), folder.together() as batch:
            for name, content in results.files(scene, path.stem, kinds):
                batch.add(name, content)
        _print(making, path, scene, batch.paths)
        return _tell_missing(path, scene, kinds)

    return make


def _possible(painter: Painter, making: Making) -> Iterable[str]:
    for kind in making.kinds:
        try:
            painter.check(kind)
        except ModelError as exc:
            if kind not in making.optional:
                raise
            print(f"visaged: {kind} is left out: {exc}", file=sys.stderr)
        else:
            yield kind


def _print(making: Making, path: Path, scene: Scene, files: list[Path]) -> None:
    from visaged.output.report import line, picture_report, text, with_files

    if making.json:
        print(line(with_files(picture_report(str(path), scene.image, scene.faces), files)))
    else:
        for file in files:
            print(text(str(file)))


def _tell_missing(path: Path, scene: Scene, kinds: list[str]) -> bool:
    """Name the faces that are not shown, and why; whether each kind shows one."""
    if not scene.faces:
        print(f"visaged: {path}: no face found, so nothing is written", file=sys.stderr)
        return False
    shown = {kind: scene.shown(kind) for kind in kinds}
    for number, face in enumerate(scene.faces, 1):
        without = [kind for kind in kinds if number not in shown[kind]]
        if without:
            reason = face.reason or "its place is not known"
            print(f"visaged: {path}: face {number} is not in {', '.join(without)}: {reason}", file=sys.stderr)
    return all(shown.values())


def _check_names(pictures: Iterable[Path], kinds: Iterable[str]) -> None:
    """Raise UsageError where the results of two pictures would have the same names."""
    from visaged.output.results import file_name

    taken: dict[str, Path] = {}
    for path in pictures:
        stem = file_name(path.stem) if "obj" in kinds else path.stem
        if stem in taken:
            raise UsageError(
                f"the results of {taken[stem]} and {path} would have the same names; "
                "run once for each, with another --out"
            )
        taken[stem] = path
