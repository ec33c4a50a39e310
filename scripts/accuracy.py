"""Measures a pack on the pictures and videos for evaluation, and prints one JSON object.

Each measure is described in its module in ``scripts/measures``; ``table`` has what the open pack must reach. Without
names all are taken. With --regressor and
--face-model a network that is still in training is measured in place of the pack's own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from measures import aflw2000, blink, closed_loop, eyes, faces, groups, no_face, presence, speed, targets, yawns
from measures.subject import Subject, open_subject, with_candidate

EVALUATION = Path(__file__).resolve().parents[2] / "shared/eval"

MEASURES: Mapping[str, Callable[[Subject, Path], dict[str, Any]]] = {
    module.__name__.rpartition(".")[2]: module.measure
    for module in (aflw2000, groups, blink, eyes, yawns, presence, faces, no_face, closed_loop, speed)
}
OF_CANDIDATES = ("aflw2000", "blink")


def main() -> None:
    """Measure and print."""
    args = _parser().parse_args()
    subject = open_subject(args.sets, args.net)
    if args.params is not None:
        figures = aflw2000.measure_given(subject.vision, np.load(args.params)["params"], args.eval)
        print(json.dumps({"aflw2000": figures}))
        return
    candidate = args.regressor is not None
    if candidate:
        subject = with_candidate(subject, args.regressor, args.face_model)
    names = args.measures or (OF_CANDIDATES if candidate else MEASURES)
    measured = {name: MEASURES[name](subject, args.eval) for name in names}
    result = {"pack": subject.vision.pack.name, "has_signals": subject.has_signals, **measured}
    print(json.dumps(result | {"table": targets.table(result)}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", nargs="*", type=_measure, metavar="MEASURE", help=", ".join(MEASURES))
    parser.add_argument("--eval", type=Path, default=EVALUATION, help="folder of the data for evaluation")
    parser.add_argument("--regressor", type=Path, help="a network to measure in place of the pack's")
    parser.add_argument("--face-model", type=Path, help="the face model of that network")
    parser.add_argument(
        "--params", type=Path, help="only aflw2000, of an npz file with `params` (n, 62), de-normalised, by crop"
    )
    parser.add_argument("--net", type=Path, help="the regressor whose time is one net (default: the pack's own)")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    return parser


def _measure(name: str) -> str:
    if name not in MEASURES:
        raise argparse.ArgumentTypeError(f"no measure {name!r}; there are {', '.join(MEASURES)}")
    return name


if __name__ == "__main__":
    main()
