"""``visaged tune``: measure on this board how the networks run best, and keep that for the daemon."""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from visaged import state
from visaged.cli.options import add_config_options, add_model_options, load_config

if TYPE_CHECKING:
    from visaged.tuning.candidates import Result
    from visaged.tuning.measure import Outcome

LEAST_S = 5.0
"""Less would measure nothing."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser(
        "tune",
        help="measure on this board how the networks run best, and keep that for the daemon",
        description=f"{__doc__} Frames come from the configured camera, or are drawn where it gives none; stop a "
        "daemon that uses it, and whatever else keeps the board busy without need.",
    )
    parser.add_argument("--source", metavar="S", help="where to take frames from (source.uri)")
    parser.add_argument("--seconds", type=_seconds, default=60.0, metavar="S", help="how long to measure (60)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_model_options(parser)
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print, keep."""
    config = load_config(args).config
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="visaged: %(message)s")
    from tqdm import tqdm

    from visaged.board import files
    from visaged.board.board import read_board, settle_on
    from visaged.tuning import stored
    from visaged.tuning.measure import keep, tune

    stored.try_writing()
    board = read_board(files.root())
    settle_on(board)

    with tqdm(total=round(args.seconds), unit="s", file=sys.stderr, leave=False, disable=None) as bar:
        outcome = tune(config, board, args.seconds, bar.update, partial(bar.write, file=sys.stderr))
    _warn(outcome)
    print(json.dumps(_facts(outcome, str(stored.place()))) if args.json else "\n".join(_lines(outcome)))
    path = keep(outcome)
    print(f"visaged: written to {path}; {_who_reads(path, config.inference.threads)}", file=sys.stderr)
    return 0


def _who_reads(path: Path, threads: int) -> str:
    if threads:
        return f"but inference.threads = {threads} of the configuration wins over it; make that 0"
    if path.parent in (state.SYSTEM, Path(os.environ.get("STATE_DIRECTORY", ""))):
        return "the daemon uses it when it is started again"
    return f"only a daemon of this user looks there; for one that is a service, which looks in {state.SYSTEM}, use sudo"


def _seconds(word: str) -> float:
    """How long to measure, for argparse."""
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not (math.isfinite(value) and value >= LEAST_S):
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of {LEAST_S:g} seconds or more")
    return value


def _lines(outcome: Outcome) -> Iterator[str]:
    """A table, the settings in the order in which they were tried."""
    yield f"{outcome.frames}, {outcome.wanted_fps:g} a second"
    yield "threads  spinning  arena  capture        frames/s   CPU %   p50 ms   p95 ms"
    for result in outcome.results:
        yield _row(result) + ("   <- chosen" if result is outcome.best else "")


def _row(result: Result) -> str:
    how = result.execution
    words = f"{how.threads:<7}  {_word(how.spinning):<8}  {_word(how.arena):<5}  {_capture(result):<13}"
    return (
        f"{words}  {result.fps:>7.1f}  {result.cpu_percent:>6.1f}  {result.latency_p50_ms:>7.2f}  "
        f"{result.latency_p95_ms:>7.2f}"
    )


def _word(on: bool) -> str:
    return "yes" if on else "no"


def _capture(result: Result) -> str:
    return "meanwhile" if result.overlap else "in turn"


def _warn(outcome: Outcome) -> None:
    if not outcome.best.keeps_up(outcome.wanted_fps):
        advice = "ask the camera for fewer or smaller frames, or lower track.max_faces"
        print(f"visaged: no setting keeps up with {outcome.wanted_fps:g} frames a second; {advice}", file=sys.stderr)


def _facts(outcome: Outcome, path: str) -> dict[str, object]:
    return {
        "wanted_fps": outcome.wanted_fps,
        "frames": outcome.frames,
        "chosen": asdict(outcome.best.execution),
        "results": [asdict(result) for result in outcome.results],
        "file": path,
    }
