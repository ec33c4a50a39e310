"""The command line: ``visaged COMMAND``. Each command has a module of its own; this one only leads to it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from visaged import __version__
from visaged.cli import config, image, models, run, video, watch
from visaged.errors import VisagedError

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
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  stays open to the end
    try:
        args = _parser().parse_args(argv)
        status: int = args.func(args)
        sys.stdout.flush()
        return status
    except VisagedError as exc:
        print(f"visaged: {exc}", file=sys.stderr)
        return exc.exit_code
    except KeyboardInterrupt:
        return 130
    except OSError as exc:
        if exc.filename is not None or exc.filename2 is not None:
            raise
        return _unwritable(exc)


def _unwritable(exc: OSError) -> int:
    """Standard output takes no more; the interpreter must not stumble over it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(exc, BrokenPipeError):  # a reader that has gone, as `| head` does, knows
        print(f"visaged: the result cannot be written to standard output: {exc.strerror}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="visaged", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="version", version=f"visaged {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (run, image, video, models, config, watch):
        module.add_parser(commands)
    return parser
