"""``visaged config``: check a configuration, or show the one in force."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from visaged.cli.options import add_config_options
from visaged.config import SYSTEM_FILE, dump, load


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``config`` and its two commands."""
    parser = subparsers.add_parser("config", help="check a configuration, or show the one in force")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="say whether a configuration is valid, and every problem if not")
    check.add_argument("config", nargs="?", type=Path, metavar="FILE", help=f"default: {SYSTEM_FILE}, where it exists")
    check.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="sets", help="check it with one key set"
    )
    check.set_defaults(func=_check)
    shown = commands.add_parser("dump", help="print the configuration in force as TOML, with the origin of each value")
    add_config_options(shown)
    shown.set_defaults(func=_dump)


def _check(arguments: argparse.Namespace) -> int:
    origins = load(arguments.config, arguments.sets).origin.values()
    changed = sum(origin != "default" for origin in origins)
    print(f"the configuration is valid: {changed} of {len(origins)} keys set, the others at their defaults")
    return 0


def _dump(arguments: argparse.Namespace) -> int:
    sys.stdout.write(dump(load(arguments.config, arguments.sets)))
    return 0
