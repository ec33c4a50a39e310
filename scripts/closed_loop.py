"""Watches the people of the synthetic camera with a pack, and prints as JSON how far it is from the truth.

Several people, for several minutes each; what the figures are is said in ``scripts/measures/closed_loop.py``. Needs no
data beside the checkout.

    .venv/bin/python scripts/closed_loop.py --seeds 1 2 3 4 --minutes 3
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from measures import closed_loop
from visaged.assembly import models_folder, open_vision
from visaged.cli.options import positive
from visaged.config import load
from visaged.synthetic.camera import open_synthetic
from visaged.synthetic.script import MINUTE


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="who (default: 1 2 3)")
    parser.add_argument("--minutes", type=positive, default=1, help="for how long each (default: 1)")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    args = parser.parse_args()
    print(json.dumps(measure(args.sets, args.seeds, args.minutes)))


def measure(sets: list[str], seeds: list[int], minutes: int) -> dict[str, Any]:
    """The figures of the configured pack, on one thread; raises ModelError where a pack is missing."""
    config = load(None, [*sets, "inference.threads=1"]).config
    vision, models_dir = open_vision(config), models_folder(config.model)
    cameras = [open_synthetic(seed, models_dir=models_dir) for seed in seeds]
    runs = [list(closed_loop.watched(vision.tracker(), camera, minutes * MINUTE)) for camera in cameras]
    return {"pack": vision.pack.name, "seeds": seeds, "minutes": minutes, **closed_loop.figures(runs)}


if __name__ == "__main__":
    main()
