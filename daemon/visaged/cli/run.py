"""``visaged run``: the daemon. Follows the faces of a camera or a video and publishes their pose over MQTT."""

from __future__ import annotations

import argparse
import dataclasses
import faulthandler
import re
import sys
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from visaged.cli.options import add_config_options, add_model_options, load_config, positive
from visaged.config import Loaded
from visaged.lifecycle import Lifecycle
from visaged.mqtt.device import default_device_id
from visaged.systemd.journal import start_log


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("run", help="run the daemon: camera in, head pose over MQTT out", description=__doc__)
    parser.add_argument(
        "--source",
        metavar="S",
        help="camera (0, /dev/video0, rpicam:0, synthetic), video, folder, or RTSP/HTTP address (source.uri)",
    )
    parser.add_argument(
        "--pace", choices=("realtime", "fast"), help="play a file at its own rate, or process every frame (source.pace)"
    )
    parser.add_argument(
        "--loop", action="store_const", const="true", help="start a file again at its end (source.loop)"
    )
    parser.add_argument("--max-frames", type=positive, metavar="N", help="end after N processed frames")
    parser.add_argument(
        "--instance",
        type=_instance,
        metavar="NAME",
        help="one of several on this machine: reads /etc/visaged/NAME.toml; its device is ID-NAME unless that names it",
    )
    add_model_options(parser)
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Run the daemon to its end and say what it came to."""
    # To a daemon SIGHUP says that its configuration has changed, on a terminal that this is gone.
    reload = None if sys.stderr.isatty() else partial(_load, args)
    lifecycle = Lifecycle()
    with lifecycle.signals(reload):
        loaded = _load(args)
        start_log(loaded.config.log.level)
        faulthandler.enable()  # where the threads of one that a watchdog ends, or a library crashes, have been
        from visaged.daemon import Daemon

        summary = Daemon(loaded, args.max_frames, lifecycle).run()
    print(
        f"visaged: {summary.frames} frames in {summary.seconds:.1f} s, {summary.skipped} skipped, "
        f"{summary.with_face} with a valid face, {summary.dropped} messages dropped",
        file=sys.stderr,
    )
    return 0


def _load(args: argparse.Namespace) -> Loaded:
    """The configuration that ``args`` ask for, as it is now."""
    if args.instance is None:
        return load_config(args)
    args.config = args.config or Path(f"/etc/visaged/{args.instance}.toml")
    loaded = load_config(args)
    device = loaded.config.device
    named = replace(device, id=device.id or f"{default_device_id()}-{args.instance}")
    return dataclasses.replace(loaded, config=replace(loaded.config, device=named))


def _instance(text: str) -> str:
    """The name of one of several daemons, for argparse."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,30}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a name of up to 31 letters, digits, dashes and underscores")
    return text
