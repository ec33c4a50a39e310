"""The command line: ``visaged COMMAND``. Each command has a module of its own; this one only leads to it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from visaged import __version__
from visaged.cli import config, image, models, run, video, watch
from visaged.errors import VisagedError

DESCRIPTION = "Camera frames in, head pose over MQTT out."
EPILOG = (
    "Results go to standard output, everything else to standard error. "
    "Exit status: 0 fine, 2 wrong usage or configuration, 1 anything else."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    args = _parser().parse_args(argv)
    try:
        status: int = args.func(args)
        sys.stdout.flush()
        return status
    except VisagedError as exc:
        print(f"visaged: {exc}", file=sys.stderr)
        return exc.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone (as `| head` does); the interpreter must not stumble over it again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="visaged", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="version", version=f"visaged {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (run, image, video, models, config, watch):
        module.add_parser(commands)
    return parser
