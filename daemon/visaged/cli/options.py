"""Options that several commands share."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from visaged.config import Loaded, Patch, load

SHORTHANDS = {
    "source": "source.uri",
    "pace": "source.pace",
    "loop": "source.loop",
    "pack": "model.pack",
    "detector": "model.detector",
    "models_dir": "model.models_dir",
}
"""Options that are another way to write ``--set KEY=VALUE``."""

_WHO = ("device.id", "mqtt.topic_root", "mqtt.host", "mqtt.port")


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """``--config`` and ``--set``."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="configuration file (default: /etc/visaged/visaged.toml)"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="sets",
        help="set one key, as --set mqtt.port=1884",
    )


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """``--pack``, ``--detector`` and ``--models-dir``."""
    parser.add_argument("--pack", metavar="NAME", help="model pack (model.pack)")
    parser.add_argument("--detector", choices=("auto", "yunet", "faceboxes"), help="face detector (model.detector)")
    parser.add_argument(
        "--models-dir", metavar="D", help="folder of packs, instead of the usual places (model.models_dir)"
    )


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def load_config(args: argparse.Namespace, patch: Patch | None = None) -> Loaded:
    """The configuration that the options of ``args`` ask for, over ``patch``; ``--set`` wins over a shorthand."""
    options = vars(args)
    given = [f"{key}={options[name]}" for name, key in SHORTHANDS.items() if options.get(name) is not None]
    return load(args.config, [*given, *args.sets], patch)


def identity(args: argparse.Namespace) -> str:
    """What of the command line says which of several daemons this is."""
    return "\n".join(sorted(text for text in args.sets if text.startswith(_WHO)))
