"""The command line: ``visaged COMMAND``. Each command has a module of its own; this one only leads to it."""

from __future__ import annotations

import argparse
import logging
import os
import traceback
from collections.abc import Sequence
from typing import NoReturn

from visaged import __version__
from visaged.cli import config, doctor, image, models, remote, run, snapshot, tune, video, watch
from visaged.cli.output import guarded_output, tell
from visaged.errors import VisagedError
from visaged.systemd.journal import priority_prefix

DESCRIPTION = "Camera frames in, head pose over MQTT out."
EPILOG = (
    "Results go to standard output, everything else to standard error. "
    "Exit status: 0 fine, 2 wrong usage or configuration, 1 anything else."
)


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong, as every other part does, instead of repeating its usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"visaged: {message}; see `{self.prog} --help`\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    try:
        with guarded_output():
            args = _parsed(argv)
            status: int = args.func(args)
            return status
    except VisagedError as exc:
        tell(f"{priority_prefix(logging.ERROR)}visaged: {exc}")
        return exc.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as exc:  # noqa: BLE001  the top of the program: nobody is shown a traceback unasked
        return _unforeseen(exc)


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    """Where a command takes any number of ``words``, options may stand between them, which argparse leaves over."""
    parser = _parser()
    args, left = parser.parse_known_args(argv)
    if left and ("words" not in args or any(word.startswith("-") for word in left)):
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    if left:
        args.words += left
    return args


def _unforeseen(exc: Exception) -> int:
    if os.environ.get("VISAGED_DEBUG"):
        traceback.print_exception(exc)
    what = str(exc).partition("\n")[0]
    if isinstance(exc, ImportError) and "libjpeg" in what:
        tell(f"visaged: it needs libjpeg-turbo: {what}; apt-get install libjpeg62-turbo (Ubuntu: libjpeg-turbo8)")
        return 1
    tell(f"visaged: ended by {type(exc).__name__}: {what}; VISAGED_DEBUG=1 visaged ... shows where")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="visaged", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="version", version=f"visaged {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (run, image, video, snapshot, models, config, watch, remote, doctor, tune):
        module.add_parser(commands)
    return parser
