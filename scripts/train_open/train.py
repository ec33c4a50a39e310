"""Step 4: train the regressor.

    python scripts/train_open/train.py labels.npz work/ --samples 1000000

Reads what ``face_model.py`` left in ``work``; keeps ``checkpoint.pt`` there and goes on from it when started again;
``regressor.onnx`` is written at every checkpoint from the moving average of the weights. Several processes of one
thread each share the work: on a CPU that is faster than one of several threads. The same data, seed and numbers of
samples and processes give the same network, if nothing interrupts. Prints one JSON object at every checkpoint.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import command
import cv2
import torch
from batches import BATCH, Batch, batches, shown
from checkpoint import RATE, Run, start
from export import write_onnx
from losses import Answer, Loss, Truth
from network import Network
from normalisation import Normalisation, normalisation
from samples import Studio, open_studio
from torch import distributed, multiprocessing

from visaged.errors import UsageError

WARM = 0.02
LAST_RATE = 0.005  # of the highest
EXACT_SHARE = 0.9
"""From here on in float32; before, convolutions are in bfloat16."""
STEEPEST = 5.0  # norm of the gradients
CHECKPOINT = 250  # steps


@dataclass(frozen=True)
class Plan:
    """``samples``: how many are shown in all, by so many ``processes``. ``work``: the folder of all results;
    ``like``: a checkpoint whose weights it begins with, or None."""

    work: Path
    like: Path | None
    samples: int
    processes: int
    seed: int

    @property
    def steps(self) -> int:
        return self.samples // (BATCH * self.processes)

    @property
    def pause(self) -> int:
        """Steps between checkpoints."""
        return min(CHECKPOINT, max(self.steps // 2, 1))


def main() -> None:
    given = _arguments()
    plan = Plan(given.work, given.like, given.samples, given.processes, given.seed)
    if not plan.steps:
        raise UsageError(
            f"--samples {plan.samples} is less than one step takes: {BATCH} samples by {plan.processes} processes"
        )
    _one_thread()
    step = start(plan.work, plan.like).step
    if step >= plan.steps:
        print(f"{plan.work} is at step {step} of {plan.steps} already; to go on, name more --samples", file=sys.stderr)
        return
    studio = open_studio(given.labels, plan.work, given.drawn)
    usual = normalisation(studio, plan.work)
    with tempfile.TemporaryDirectory() as meeting:
        everything = (plan, studio, usual, Path(meeting))
        multiprocessing.start_processes(train, everything, plan.processes, start_method="fork")


def train(rank: int, plan: Plan, studio: Studio, usual: Normalisation, meeting: Path) -> None:
    """What one process does; the first also keeps the average, and saves. They find each other in ``meeting``."""
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    distributed.init_process_group("gloo", f"file://{meeting}/point", rank=rank, world_size=plan.processes)
    loss, run, journal = Loss(studio.model, usual), start(plan.work, plan.like), Journal(plan.steps)
    seed = (plan.seed * 7919 + run.step) * 97 + rank
    for batch in batches(studio, seed, plan.samples):
        if run.step >= plan.steps:
            break
        parts = learn(run, loss, batch, run.step / plan.steps)
        if rank == 0:
            run.follow()
            journal.add(parts)
            if run.step % plan.pause == 0 or run.step == plan.steps:
                print(journal.line(run.step), flush=True)
                run.save(plan.work)
                write_onnx(run.average, plan.work / "regressor.onnx")


def learn(run: Run, loss: Loss, batch: Batch, progress: float) -> dict[str, torch.Tensor]:
    """One step; the parts of the loss before it."""
    image, *truth = batch
    run.optimiser.param_groups[0]["lr"] = rate(progress)
    with torch.autocast("cpu", torch.bfloat16, enabled=progress < EXACT_SHARE):
        params, signals = run.network(shown(image, progress))
    parts = loss(Answer(params.float(), signals.float()), Truth(*truth))
    run.optimiser.zero_grad(set_to_none=True)
    sum(parts.values()).backward()
    share_gradients(run.network)
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), STEEPEST)
    run.optimiser.step()
    run.step += 1
    return parts


def rate(progress: float) -> float:
    """Warm up, then fall as a cosine."""
    if progress < WARM:
        return RATE * progress / WARM
    fallen = (1 + math.cos(math.pi * (progress - WARM) / (1 - WARM))) / 2
    return RATE * (LAST_RATE + (1 - LAST_RATE) * fallen)


def share_gradients(network: Network) -> None:
    """Every process goes on with the mean of all gradients."""
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients]) / distributed.get_world_size()
    distributed.all_reduce(flat)
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


class Journal:
    """Adds up losses until they are told."""

    def __init__(self, steps: int) -> None:
        self._steps, self._began = steps, time.monotonic()
        self._sums: dict[str, float] = {}
        self._count = 0

    def add(self, parts: dict[str, torch.Tensor]) -> None:
        for name, value in parts.items():
            self._sums[name] = self._sums.get(name, 0.0) + value.item()
        self._count += 1

    def line(self, step: int) -> str:
        """The mean losses since the last line, as JSON."""
        losses = {name: round(value / self._count, 3) for name, value in self._sums.items()}
        self._sums, self._count = {}, 0
        seconds = round(time.monotonic() - self._began)
        return json.dumps({"step": step, "of": self._steps, "seconds": seconds, **losses})


def _one_thread() -> None:
    """A pool of threads does not survive the forks that follow."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def _arguments() -> argparse.Namespace:
    parser = command.parser(__doc__)
    parser.add_argument("labels", type=Path, help="what label.py wrote")
    parser.add_argument("work", type=Path, help="folder that face_model.py wrote to")
    parser.add_argument("--samples", type=command.positive, required=True, help="how many are shown in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=command.positive, default=3)
    parser.add_argument("--like", type=Path, help="the checkpoint of another training, to begin with its weights")
    parser.add_argument("--drawn", type=Path, help="a pack with the same face model, from which some faces are drawn")
    return parser.parse_args()


if __name__ == "__main__":
    command.run(main)
