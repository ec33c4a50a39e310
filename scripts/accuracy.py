"""Measures a pack on the pictures and videos for evaluation, and prints one JSON object.

Each measure is described in its module in ``scripts/measures``. Without names all are taken. With --regressor and
--face-model a network that is still in training is measured in place of the pack's own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from measures import aflw2000, blink
from measures.subject import Subject, open_candidate, open_subject

EVALUATION = Path(__file__).resolve().parents[2] / "shared/eval"

MEASURES: Mapping[str, Callable[[Subject, Path], dict[str, Any]]] = {
    "aflw2000": lambda subject, data: aflw2000.measure(subject, data / "aflw2000"),
    "blink": lambda subject, data: blink.measure(subject, data / "blink"),
}
OF_CANDIDATES = ("aflw2000", "blink")


def main() -> None:
    """Measure and print."""
    args = _parser().parse_args()
    if args.params is not None:
        vision = open_subject(args.sets).vision
        figures = aflw2000.measure_given(vision, np.load(args.params)["params"], args.eval / "aflw2000")
        print(json.dumps({"aflw2000": figures}))
        return
    candidate = args.regressor is not None
    subject = open_candidate(args.sets, args.regressor, args.face_model) if candidate else open_subject(args.sets)
    names = args.measures or (OF_CANDIDATES if candidate else MEASURES)
    print(json.dumps({"pack": subject.vision.pack.name} | {name: MEASURES[name](subject, args.eval) for name in names}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", nargs="*", type=_measure, metavar="MEASURE", help=", ".join(MEASURES))
    parser.add_argument("--eval", type=Path, default=EVALUATION, help="folder of the data for evaluation")
    parser.add_argument("--regressor", type=Path, help="a network to measure in place of the pack's")
    parser.add_argument("--face-model", type=Path, help="the face model of that network")
    parser.add_argument(
        "--params", type=Path, help="only aflw2000, of an npz file with `params` (n, 62), de-normalised, by crop"
    )
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    return parser


def _measure(name: str) -> str:
    if name not in MEASURES:
        raise argparse.ArgumentTypeError(f"no measure {name!r}; there are {', '.join(MEASURES)}")
    return name


if __name__ == "__main__":
    main()
