"""Train the face detector on scenes composed on the fly.

    python -m detector.train labels.npz --out detector.pt

Writes a checkpoint every few minutes and goes on from it when started again with the same ``--out``. Deterministic
given its data, ``--seed`` and ``--steps``. Prints one JSON object per report.
"""

import argparse
import copy
import json
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from detector import material
from detector.network import Grids, cells_of, pixels_of
from detector.scenes import Scene, compose, compose_close
from detector.targets import cells_in, loss, targets_of

SIZES = ((160, 128), (128, 160), (224, 160), (96, 96), (256, 256))
SHARES = (0.42, 0.1, 0.22, 0.1, 0.16)
CLOSE = 0.5  # of the scenes of a square size
BATCH = 32
PEAK_RATE, LAST_RATE = 4e-3, 2e-5
WARM_UP = 200  # steps
DECAY = 1e-3
AVERAGE = 0.999  # of the weights, at most, over the last steps
REPORT, SAVE = 200, 1000  # steps


@dataclass
class Run:
    """All that a checkpoint holds."""

    network: Grids
    average: Grids
    optimizer: torch.optim.AdamW
    step: int

    def save(self, path: Path) -> None:
        state = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimizer")}
        partial = path.with_suffix(".partial")
        torch.save({**state, "step": self.step}, partial)
        partial.replace(path)


def start(path: Path, seed: int) -> Run:
    """Begin, or go on from the checkpoint at ``path``."""
    torch.manual_seed(seed)
    network = Grids().to(memory_format=torch.channels_last)
    run = Run(network, copy.deepcopy(network), torch.optim.AdamW(network.parameters(), weight_decay=DECAY), 0)
    if path.exists():
        saved = torch.load(path, weights_only=True)
        for name in ("network", "average", "optimizer"):
            getattr(run, name).load_state_dict(saved[name])
        run.step = saved["step"]
    return run


def batch(faces: material.Material, seed: int, step: int) -> list[Scene]:
    """The scenes of one step, all of one size."""
    rng = np.random.default_rng([seed, step])
    width, height = SIZES[rng.choice(len(SIZES), p=SHARES)]
    close = CLOSE if width == height else 0.0
    return [
        compose_close(faces, width, rng) if rng.random() < close else compose(faces, width, height, rng)
        for _ in range(BATCH)
    ]


def learn(run: Run, scenes: list[Scene], rate: float) -> dict[str, float]:
    """One step; the terms of the loss before it."""
    height, width = scenes[0].image.shape[:2]
    run.network.train()
    raw = cells_of(run.network(pixels_of([s.image for s in scenes]).contiguous(memory_format=torch.channels_last)))
    terms = loss(raw, targets_of(scenes), torch.from_numpy(cells_in(width, height)))
    run.optimizer.param_groups[0]["lr"] = rate
    run.optimizer.zero_grad()
    sum(terms.values()).backward()
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), 5.0)
    run.optimizer.step()
    run.step += 1
    _follow(run)
    return {name: term.item() for name, term in terms.items()}


def rate_at(step: int, steps: int) -> float:
    """Rises, then falls along a cosine."""
    fallen = (1 + np.cos(np.pi * step / steps)) / 2
    return min(1.0, (step + 1) / WARM_UP) * (LAST_RATE + (PEAK_RATE - LAST_RATE) * float(fallen))


def _follow(run: Run) -> None:
    keep = min(AVERAGE, (1 + run.step) / (10 + run.step))
    latest = run.network.state_dict()
    with torch.no_grad():
        for name, mean in run.average.state_dict().items():
            now = latest[name]
            if mean.is_floating_point():
                mean.lerp_(now, 1 - keep)
            else:
                mean.copy_(now)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", nargs="+", type=Path, help="what label.py wrote")
    parser.add_argument("--out", required=True, type=Path, help="the checkpoint")
    parser.add_argument("--steps", type=int, default=18000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--without", type=int, nargs="*", default=[], help="numbers of backgrounds that show a face")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(1)
    faces = material.load(args.labels, held_out=False, without=args.without)
    run = start(args.out, args.seed)
    began, sums, first = time.monotonic(), dict.fromkeys(("face", "centre", "box", "points"), 0.0), run.step
    while run.step < args.steps:
        terms = learn(run, batch(faces, args.seed, run.step), rate_at(run.step, args.steps))
        sums = {name: sums[name] + term for name, term in terms.items()}
        if run.step % REPORT == 0 or run.step == args.steps:
            means = {name: round(total / (run.step - first), 4) for name, total in sums.items()}
            print(
                json.dumps({"step": run.step, "minutes": round((time.monotonic() - began) / 60, 1), **means}),
                flush=True,
            )
            sums, first = dict.fromkeys(sums, 0.0), run.step
        if run.step % SAVE == 0 or run.step == args.steps:
            run.save(args.out)


if __name__ == "__main__":
    main()
