"""``visaged run``: the daemon. Follows the faces of a camera or a video and publishes their pose over MQTT."""

from __future__ import annotations

import argparse
import dataclasses
import faulthandler
import logging
import re
import sys
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from visaged import state
from visaged.cli.options import add_config_options, add_model_options, identity, load_config, positive
from visaged.cli.output import tell
from visaged.config import Loaded, Patch
from visaged.lifecycle import Lifecycle
from visaged.mqtt.device import default_device_id
from visaged.remote import boot
from visaged.remote.storage import Storage, name_of
from visaged.systemd.journal import start_log
from visaged.systemd.notify import Notifier


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
    reload = None if sys.stderr.isatty() else partial(_load, args, None)
    storage = Storage(state.folder() / name_of(_config_file(args), identity(args)))
    lifecycle = Lifecycle()
    with lifecycle.signals(reload):
        start_log()
        start = boot.begin(partial(_load, args), storage, state.folder(), is_supervised=Notifier().is_heard)
        logging.getLogger().setLevel(start.loaded.config.log.level.upper())
        faulthandler.enable()  # where the threads of one that a watchdog ends, or a library crashes, have been
        from visaged.running.daemon import Daemon

        summary = Daemon(start, partial(_load, args), storage, args.max_frames, lifecycle).run()
    tell(
        f"visaged: {summary.frames} frames in {summary.seconds:.1f} s, {summary.skipped} skipped, "
        f"{summary.with_face} with a valid face, {summary.dropped} messages dropped"
    )
    return 0


def _load(args: argparse.Namespace, patch: Patch | None) -> Loaded:
    """The configuration that ``args`` ask for, as it is now, with ``patch`` from afar."""
    if args.instance is None:
        return load_config(args, patch)
    args.config = _config_file(args)
    loaded = load_config(args, patch)
    device = loaded.config.device
    named = replace(device, id=device.id or f"{default_device_id()}-{args.instance}")
    return dataclasses.replace(loaded, config=replace(loaded.config, device=named))


def _config_file(args: argparse.Namespace) -> Path | None:
    """None: the system's."""
    return args.config or (Path(f"/etc/visaged/{args.instance}.toml") if args.instance else None)


def _instance(text: str) -> str:
    """The name of one of several daemons, for argparse."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,30}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a name of up to 31 letters, digits, dashes and underscores")
    return text
