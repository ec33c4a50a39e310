"""``visaged doctor``: is this machine fit for the daemon, and what to do where it is not."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from visaged.cli.options import add_config_options, add_model_options, load_config
from visaged.printable import printable

if TYPE_CHECKING:
    from visaged.doctor.finding import Finding

COLOURS = {"ok": "\x1b[32m", "warn": "\x1b[33m", "fail": "\x1b[31m"}
PLAIN = "\x1b[0m"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser(
        "doctor",
        help="look at board, heat, memory, clock, cameras, broker, packs and tuning, and say what to do",
        description=f"{__doc__} Exit status 0 where nothing fails, else 1.",
    )
    parser.add_argument("--source", metavar="S", help="the camera to look at (source.uri)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_model_options(parser)
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Look at everything; 0 where nothing fails."""
    from visaged.doctor.examine import examine

    config = load_config(args).config
    logging.basicConfig(level=logging.ERROR)  # what is a warning to the daemon is a finding here
    findings = []
    for finding in examine(config):
        findings.append(finding)
        if not args.json:
            print(_line(finding, sys.stdout.isatty()), flush=True)
    healthy = all(finding.state != "fail" for finding in findings)
    if args.json:
        print(json.dumps({"ok": healthy, "checks": [asdict(finding) for finding in findings]}))
    return 0 if healthy else 1


def _line(finding: Finding, coloured: bool) -> str:
    state = f"{finding.state:<4}"
    if coloured:
        state = COLOURS[finding.state] + state + PLAIN
    advice = f"\n       {'':<12} -> {printable(finding.advice)}" if finding.advice else ""
    return f"{state}   {finding.check:<12} {printable(finding.detail)}{advice}"
