"""``visaged snapshot``: look at the depth snapshots that the daemon takes."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from visaged.cli.options import add_config_options, load_config
from visaged.errors import SnapshotError, UsageError

if TYPE_CHECKING:
    from visaged.snapshots.reader import Snapshot

FORMULAS = """\
A snapshot is a 16-bit PNG and a JSON file beside it, which says how to turn the PNG's values back into depth:

  relative_depth_px = offset + scale * value     value 1 to 65535; 0: no face; larger is nearer to the camera
  model units       = relative_depth_px / pixels_per_model_unit
  distance_mm       = reference_distance_mm - (relative_depth_px - reference_depth_px) * mm_per_px

The last one only where snapshot.focal_length_px was set: an estimate, as if each face were as large as the model's."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("snapshot", help="look at depth snapshots", description=__doc__)
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    showing = actions.add_parser(
        "show",
        help="print what a snapshot says, or draw it in colour",
        description="Prints all facts of a depth snapshot, and draws it in colour.",
        epilog=FORMULAS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    showing.add_argument("file", type=Path, metavar="FILE", help="any file of the snapshot")
    showing.add_argument("--out", type=Path, metavar="PICTURE.png", help="write a picture in colours")
    showing.add_argument("--json", action="store_true", help="print one line of JSON instead of words")
    showing.set_defaults(func=_show)
    listing = actions.add_parser("list", help="list the snapshots of a folder, oldest first")
    listing.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR", help="default: where the daemon is configured to keep them"
    )
    add_config_options(listing)
    listing.set_defaults(func=_list)


def _show(args: argparse.Namespace) -> int:
    from visaged.snapshots.reader import read
    from visaged.snapshots.text import facts, lines

    if args.out is not None and args.out.suffix.lower() != ".png":
        raise UsageError(f"--out {args.out} is not the name of a PNG; let it end with .png")
    snapshot = read(args.file)
    if args.out is not None:
        _write(args.out, snapshot)
    if args.json:
        print(json.dumps(facts(snapshot)))
    else:
        print("\n".join(lines(snapshot)))
    return 0


def _write(path: Path, snapshot: Snapshot) -> None:
    from visaged.formats.png import encode_png
    from visaged.output.output_folder import OutputFolder
    from visaged.snapshots.picture import coloured

    folder = OutputFolder(path.parent, [snapshot.folder / file.name for file in snapshot.record.files])
    with folder.together() as batch:
        batch.add(path.name, encode_png(coloured(snapshot)))


def _list(args: argparse.Namespace) -> int:
    from visaged.snapshots import place
    from visaged.snapshots.reader import read_record, sidecars
    from visaged.snapshots.text import summary

    folder = args.folder or place.folder(load_config(args).config.snapshot.folder)
    found = sidecars(folder)
    if not found:
        print(f"visaged: there are no snapshots in {folder}", file=sys.stderr)
    status = 0
    for sidecar in found:
        try:
            print(summary(read_record(sidecar)))
        except SnapshotError as exc:
            print(f"visaged: {exc}", file=sys.stderr)
            status = 1
    return status
