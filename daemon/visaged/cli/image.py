"""``visaged image``: the faces of single pictures, as a line of JSON each, as drawings, as files of other programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from visaged.cli.given import Regions, read_regions
from visaged.cli.kinds import ALL
from visaged.cli.making import IMAGE_KINDS, check_making, open_maker
from visaged.cli.options import add_config_options, add_model_options, load_config
from visaged.errors import SourceError

if TYPE_CHECKING:
    from visaged.values import Face, Image
    from visaged.vision.still import StillAnalyser

Take = Callable[[Path, "Image", "list[Face]"], bool]
"""Makes of a picture and its faces what was asked for; whether there was something to make it of."""

EPILOG = f"""kinds: {", ".join(IMAGE_KINDS)}; {ALL} stands for each that the model pack has the data for.
Pictures are written as DIR/<stem>_<kind>.png, textures as DIR/<stem>_uv_tex<face>.png, the others as DIR/<stem>.ply
and DIR/<stem>.obj with its .mtl and textures; the paths are printed. What is there already is replaced.
Faces that are not valid are orange in 2d_sparse, 2d_dense and pose, and left out of everything else; with --set
track.min_confidence=0 confidence is no reason not to be. A picture without a face gives no file and exit status 1."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("image", help="find the faces of pictures", description=__doc__, epilog=EPILOG)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="pictures (JPEG, PNG, ...)")
    parser.add_argument(
        "-o", action="append", dest="kinds", metavar="KIND[,KIND...]", help="what to make; may be given repeatedly"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write it; made if it is not there")
    parser.add_argument("--ply", choices=("binary", "ascii"), help="form of -o ply (default: binary)")
    parser.add_argument(
        "--json", action="store_true", help="print one line of JSON for each picture (the default without -o)"
    )
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--boxes", type=Path, metavar="F", help="JSON file {name: [[x1,y1,x2,y2],...]}: faces, instead of detection"
    )
    given.add_argument("--rois", type=Path, metavar="F", help="likewise, the regions to crop as they are")
    add_model_options(parser)
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Take each picture; a bad one is named, and the others go on."""
    from visaged.assembly import open_vision
    from visaged.sources.picture import read_picture

    config = load_config(args).config
    making = check_making(args)
    boxes = read_regions(args.boxes, args.files) if args.boxes else None
    rois = read_regions(args.rois, args.files) if args.rois else None
    vision = open_vision(config)
    faces_of = _finder(vision.still(), boxes, rois)
    take: Take = _report if making is None else open_maker(making, vision)
    status = 0
    for path in args.files:
        try:
            image = read_picture(path)
        except SourceError as exc:
            print(f"visaged: {exc}", file=sys.stderr)
            status = 1
            continue
        if not take(path, image, faces_of(path, image)):
            status = 1
    return status


def _report(path: Path, image: Image, faces: list[Face]) -> bool:
    from visaged.output.report import line, picture_report

    print(line(picture_report(str(path), image, faces)))
    return True


def _finder(
    analyser: StillAnalyser, boxes: Regions | None, rois: Regions | None
) -> Callable[[Path, Image], list[Face]]:
    if boxes is not None:
        return lambda path, image: analyser.at_boxes(image, boxes[path])
    if rois is not None:
        return lambda path, image: analyser.at_rois(image, rois[path])
    return lambda path, image: analyser.detect(image)
