"""``visaged image``: the faces of single pictures, as one line of JSON each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from visaged.cli.given import Regions, read_regions
from visaged.cli.options import add_config_options, add_model_options, load_config
from visaged.errors import SourceError

if TYPE_CHECKING:
    from visaged.values import Face, Image
    from visaged.vision.still import StillAnalyser


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("image", help="find the faces of pictures", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="pictures (JPEG, PNG, ...)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON for each picture (the default)")
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--boxes", type=Path, metavar="F", help="JSON file {name: [[x1,y1,x2,y2],...]}: faces, instead of detection"
    )
    given.add_argument("--rois", type=Path, metavar="F", help="likewise, the regions to crop as they are")
    add_model_options(parser)
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print a report for each picture; a bad one is named, and the others go on."""
    from visaged.assembly import open_vision
    from visaged.report import line, picture_report
    from visaged.sources.picture import read_picture

    config = load_config(args).config
    boxes = read_regions(args.boxes, args.files) if args.boxes else None
    rois = read_regions(args.rois, args.files) if args.rois else None
    analyser = open_vision(config).still()
    faces_of = _finder(analyser, boxes, rois)
    status = 0
    for path in args.files:
        try:
            image = read_picture(path)
        except SourceError as exc:
            print(f"visaged: {exc}", file=sys.stderr)
            status = 1
            continue
        print(line(picture_report(str(path), image, faces_of(path, image))))
    return status


def _finder(
    analyser: StillAnalyser, boxes: Regions | None, rois: Regions | None
) -> Callable[[Path, Image], list[Face]]:
    if boxes is not None:
        return lambda path, image: analyser.at_boxes(image, boxes[path])
    if rois is not None:
        return lambda path, image: analyser.at_rois(image, rois[path])
    return lambda path, image: analyser.detect(image)
