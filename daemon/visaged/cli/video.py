"""``visaged video``: the tracked faces of a video file, as one line of JSON a frame."""

from __future__ import annotations

import argparse

from visaged.cli.options import add_config_options, add_model_options, load_config, positive
from visaged.errors import UsageError
from visaged.urls import redact


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("video", help="track the faces of a video file", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="video file, or a folder of pictures")
    parser.add_argument("--jsonl", action="store_true", help="print one line of JSON for each frame (the default)")
    parser.add_argument("--max-frames", type=positive, metavar="N", help="stop after N frames")
    add_model_options(parser)
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print a report for each frame."""
    from itertools import islice

    from tqdm import tqdm

    from visaged.assembly import open_vision
    from visaged.report import frame_report, line
    from visaged.sources.opener import is_live, open_source

    config = load_config(args).config
    if is_live(args.file):
        raise UsageError(f"{redact(args.file)} has no end, and video reads files and folders; use visaged run --source")
    with open_source(args.file) as source:
        tracker = open_vision(config).tracker()
        frames = tqdm(iter(source.read, None), unit=" frames", leave=False, disable=None)
        for frame in islice(frames, args.max_frames):
            faces = tracker.update(frame.image)
            print(line(frame_report(frame.name or args.file, frame.image, faces, frame.index, frame.t)))
    return 0
