"""``visaged run``: the daemon. Follows the faces of a camera or a video and publishes their pose over MQTT."""

from __future__ import annotations

import argparse
import logging
import sys

from visaged.cli.options import add_config_options, add_model_options, load_config, positive

LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("run", help="run the daemon: camera in, head pose over MQTT out", description=__doc__)
    parser.add_argument(
        "--source",
        metavar="S",
        help="camera (0, /dev/video0, synthetic), video, folder of pictures, or RTSP/HTTP address (source.uri)",
    )
    parser.add_argument(
        "--pace", choices=("realtime", "fast"), help="play a file at its own rate, or process every frame (source.pace)"
    )
    parser.add_argument(
        "--loop", action="store_const", const="true", help="start a file again at its end (source.loop)"
    )
    parser.add_argument("--max-frames", type=positive, metavar="N", help="end after N processed frames")
    add_model_options(parser)
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Run the daemon to its end and say what it came to."""
    config = load_config(args).config
    logging.basicConfig(stream=sys.stderr, level=config.log.level.upper(), format=LOG_FORMAT)
    from visaged.app import App

    summary = App(config, args.max_frames).run()
    print(
        f"visaged: {summary.frames} frames in {summary.seconds:.1f} s, {summary.skipped} skipped, "
        f"{summary.with_face} with a valid face, {summary.dropped} messages dropped",
        file=sys.stderr,
    )
    return 0
