"""What all steps of the training have in common as commands."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from visaged.errors import VisagedError


def run(step: Callable[[], None]) -> None:
    """Do a step and leave the program; whoever called it gets one sentence of what went wrong, not a traceback."""
    try:
        step()
    except VisagedError as exc:
        print(f"{Path(sys.argv[0]).name}: {exc}", file=sys.stderr)
        sys.exit(exc.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def parser(description: str | None) -> argparse.ArgumentParser:
    """One that shows ``description``, a module's docstring, as it is written."""
    return argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)


def positive(text: str) -> int:
    """The type of an argument that is a number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number
