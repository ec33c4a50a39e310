"""``visaged video``: the tracked faces of a video file, as one line of JSON a frame or drawn into another video.

Of ``synthetic``, a drawn person who moves, each line also says what is true.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from visaged.cli.interruption import interruptible
from visaged.cli.kinds import chosen_kinds
from visaged.cli.options import add_config_options, add_model_options, load_config, positive
from visaged.errors import UsageError
from visaged.output.kinds import PICTURE_KINDS
from visaged.urls import redact

if TYPE_CHECKING:
    from visaged.assembly import Vision
    from visaged.sources.base import Source
    from visaged.values import Face, Frame

    Tracked = Iterator[tuple[Frame, list[Face]]]

FARTHEST = 30
"""Frames that can be looked ahead; they are all held in memory, 6 MB each where the video is 1080p."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("video", help="track the faces of a video file", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="video file, a folder of pictures, or synthetic")
    parser.add_argument(
        "-o", dest="kind", metavar="KIND", help=f"draw into the video given by --out: {', '.join(PICTURE_KINDS)}"
    )
    parser.add_argument("--out", type=Path, metavar="FILE.mp4", help="the video to write; it has no sound")
    parser.add_argument(
        "--smooth",
        type=_smoothing,
        metavar="N|oneeuro",
        help=f"smooth the faces: by a mean over N frames on either side (1 to {FARTHEST}; 2 or more is calmer than "
        "oneeuro; holds N + 1 frames in memory, 6 MB each at 1080p), or, oneeuro, as [smooth] does with mode all",
    )
    parser.add_argument(
        "--jsonl", action="store_true", help="print one line of JSON for each frame (the default without -o)"
    )
    parser.add_argument("--max-frames", type=positive, metavar="N", help="stop after N frames")
    add_model_options(parser)
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print a report for each frame, or write the video, or both."""
    from visaged.assembly import models_folder, open_vision
    from visaged.capturing import camera_settings
    from visaged.sources.base import USUAL_FPS
    from visaged.sources.opener import open_source

    config = load_config(args).config
    _check_end(args)
    kind = _picture_kind(args)
    with open_source(args.file, camera_settings(config.source), models_folder(config.model)) as source:
        vision = open_vision(config)
        frames = _smoothed(_tracked(source, vision, args.max_frames), args.smooth, vision)
        if kind is None or args.jsonl:
            frames = _printed(args.file, source, frames)
        if kind is None:
            for _ in frames:
                pass
        else:
            _write(args.out, frames, kind, vision, source.fps or USUAL_FPS)
    return 0


def _check_end(args: argparse.Namespace) -> None:
    """Raise UsageError where the work would never be done."""
    from visaged.addresses import is_endless, is_live

    if is_live(args.file):
        raise UsageError(f"{redact(args.file)} has no end, and video reads files and folders; use visaged run --source")
    if is_endless(args.file) and args.max_frames is None:
        raise UsageError(f"{args.file} has no end; add --max-frames N")


def _smoothing(text: str) -> int | Literal["oneeuro"]:
    if text == "oneeuro":
        return "oneeuro"
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= FARTHEST:
        raise argparse.ArgumentTypeError(f"{text!r} is neither oneeuro nor a number of frames from 1 to {FARTHEST}")
    return int(text)


def _picture_kind(args: argparse.Namespace) -> str | None:
    """The kind to draw, None where nothing is to be drawn. Raises UsageError where -o and --out do not fit."""
    if args.kind is None and args.out is None:
        return None
    if args.kind is None:
        raise UsageError(f"--out says where, but not what to draw; add -o with one of {', '.join(PICTURE_KINDS)}")
    kinds = chosen_kinds([args.kind], PICTURE_KINDS)
    if len(kinds) > 1:
        raise UsageError(f"-o: a video shows one kind, not {len(kinds)}; run once for each")
    if args.out is None:
        raise UsageError("-o needs a file to draw into; add --out FILE.mp4")
    if _is_same(args.out, args.file):
        raise UsageError(f"--out {args.out} is the video that is read; give another name")
    return kinds[0]


def _is_same(out: Path, file: str) -> bool:
    try:
        return out.samefile(file)
    except (OSError, ValueError):  # one of them is not there, or cannot be; who opens it says why
        return False


def _tracked(source: Source, vision: Vision, max_frames: int | None) -> Tracked:
    from tqdm import tqdm

    tracker = vision.tracker()
    total = min((n for n in (source.frame_count, max_frames) if n is not None), default=None)
    frames = islice(iter(source.read, None), max_frames)
    for frame in tqdm(frames, total=total, unit=" frames", leave=False, disable=None):
        yield frame, tracker.update(frame.picture)


def _smoothed(frames: Tracked, smoothing: int | Literal["oneeuro"] | None, vision: Vision) -> Tracked:
    from visaged.vision.look_ahead import look_ahead

    if smoothing is None:
        return frames
    if smoothing == "oneeuro":
        smoother = vision.smoother()
        return ((frame, smoother.update(faces, frame.t)) for frame, faces in frames)
    return look_ahead(frames, smoothing, vision.face_model)


def _write(path: Path, frames: Tracked, kind: str, vision: Vision, fps: float) -> None:
    from visaged.output.pictures import Painter
    from visaged.output.video_output import video_output

    painter = Painter(vision.surface)
    with interruptible(f"{path} is not written"), video_output(path, fps) as output:
        for frame, faces in frames:
            output.write(painter.paint(kind, frame.image, faces))


def _printed(file: str, source: Source, frames: Tracked) -> Tracked:
    """The same frames, each of which is printed on its way, with the truth where that is known."""
    from visaged.output.report import frame_report, line
    from visaged.synthetic.camera import SyntheticCamera
    from visaged.synthetic.truth import truth_report

    for frame, faces in frames:
        report = frame_report(frame.name or file, frame.image, faces, frame.index, frame.t)
        if isinstance(source, SyntheticCamera):
            report["truth"] = truth_report(source.truth(frame.index))
        print(line(report))
        yield frame, faces
