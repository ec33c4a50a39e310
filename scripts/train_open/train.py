"""Step 4: train the regressor.

    python scripts/train_open/train.py labels.npz work/ --samples 1500000

Reads ``work/fits.npz``; keeps ``work/checkpoint.pt`` and goes on from there when started again; ``regressor.onnx`` is
written there at every checkpoint from the moving average of the weights. Several processes of one thread each share the
work: on a CPU that is faster than one of several threads. The same data, seed and numbers of samples and processes give
the same network.
"""

import argparse
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from export import write_onnx
from landmarks68 import landmark_indices
from losses import Loss
from network import Network
from samples import DEPTH, Studio
from torch import distributed, multiprocessing
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

BATCH = 64  # of each process
AVERAGE = 0.999
RATE, DECAY, WARM = 2.5e-3, 1e-4, 0.02
SMALL, SMALL_SHARE = 100, 0.6
"""The first share of the samples is shown in fewer pixels, which is a third cheaper."""
EXACT_SHARE = 0.9
"""From here on in float32; before, convolutions are in bfloat16."""
USES = 2
"""How often a sample is shown: making one costs as much as learning from it."""
WAITING = 4096  # samples that are mixed, in each process
STATISTICS = 3000  # samples
CHECKPOINT = 250  # steps
VERTICES = 120  # besides the landmarks


class Samples(IterableDataset):
    def __init__(self, studio: Studio, seed: int) -> None:
        self._studio, self._seed = studio, seed

    def __iter__(self) -> Iterator:
        os.nice(1)
        worker = get_worker_info()
        return self._studio.samples(self._seed * 1000 + (worker.id if worker else 0))


def main() -> None:
    given = arguments()
    cv2.setNumThreads(1)  # a pool of threads does not survive the forks below
    studio = Studio(given.labels, given.work / "fits.npz", given.drawn)
    statistics(studio, given.work)
    with tempfile.TemporaryDirectory() as meeting:
        multiprocessing.start_processes(train, (given, studio, Path(meeting)), given.processes, start_method="fork")


def train(rank: int, given: argparse.Namespace, studio: Studio, meeting: Path) -> None:
    """What one process does; the first also keeps the average, and saves. They find each other in ``meeting``."""
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    distributed.init_process_group("gloo", f"file://{meeting}/point", rank=rank, world_size=given.processes)
    loss = Loss(*counted(given.work / "fits.npz"), *statistics(studio, given.work))
    network, average = Network().to(memory_format=torch.channels_last), Network()
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    step = restore(given.work / "checkpoint.pt", network, average, optimiser)
    steps, began = given.samples // (BATCH * given.processes), time.monotonic()
    seed = (given.seed * 7919 + step) * 97 + rank
    loader = DataLoader(Samples(studio, seed), BATCH // USES, num_workers=1, prefetch_factor=8)
    pause = min(CHECKPOINT, max(steps // 2, 1))
    sums: dict[str, float] = {}
    for batch in mixed(iter(loader), np.random.default_rng(seed), min(WAITING, given.samples)):
        if step >= steps:
            break
        progress = step / steps
        optimiser.param_groups[0]["lr"] = rate(progress)
        with torch.autocast("cpu", torch.bfloat16, enabled=progress < EXACT_SHARE):
            found, signals = network(shown(batch[0], progress))
        parts = loss(found.float(), signals.float(), *batch[1:])
        optimiser.zero_grad(set_to_none=True)
        sum(parts.values()).backward()
        share_gradients(network, given.processes)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        step += 1
        if rank:
            continue
        follow(average, network, min(AVERAGE, (1 + step) / (10 + step)))
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value.item()
        if step % pause == 0 or step == steps:
            losses = {name: round(value / pause, 3) for name, value in sums.items()}
            print(
                json.dumps({"step": step, "of": steps, "seconds": round(time.monotonic() - began), **losses}),
                flush=True,
            )
            sums = {}
            save(
                given.work / "checkpoint.pt",
                {
                    "network": network.state_dict(),
                    "average": average.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "step": step,
                },
            )
            write_onnx(average, given.work / "regressor.onnx")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--samples", type=int, required=True, help="how many are shown in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--drawn", type=Path, help="a pack with the same face model, from which some faces are drawn")
    return parser.parse_args()


def restore(path: Path, network: Network, average: Network, optimiser: torch.optim.Optimizer) -> int:
    """The step to go on from; 0 where there is no checkpoint."""
    if not path.exists():
        average.load_state_dict(network.state_dict())
        return 0
    saved = torch.load(path, weights_only=True)
    network.load_state_dict(saved["network"])
    average.load_state_dict(saved["average"])
    optimiser.load_state_dict(saved["optimiser"])
    return saved["step"]


def statistics(studio: Studio, work: Path) -> tuple[np.ndarray, np.ndarray]:
    """``param_mean`` and ``param_std`` of the samples, which the pack's face model gets, too."""
    path = work / "statistics.npz"
    if not path.exists():
        samples = studio.samples(seed=2**32 - 1)
        faces = np.array([s.params for s in (next(samples) for _ in range(STATISTICS)) if s.face])
        mean, std = faces.mean(0), faces.std(0)
        mean[11], std[11] = DEPTH, 1.0  # the depth never changes
        np.savez(path, mean=mean.astype(np.float32), std=std.astype(np.float32))
    found = np.load(path)
    return found["mean"], found["std"]


def counted(fits: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """The landmarks, and vertices spread over the face, of the coarse model."""
    model = np.load(fits)
    mean = model["base_mean"]
    modes = np.concatenate([model["base_shapes"], model["base_expressions"]])
    landmarks = landmark_indices(mean)
    chosen = np.concatenate([landmarks, np.linspace(0, 467, VERTICES).astype(int)])
    return mean[chosen], modes[:, chosen], len(landmarks)


def mixed(batches: Iterator, rng: np.random.Generator, waiting: int) -> Iterator[list[torch.Tensor]]:
    """Batches of ``BATCH`` from the last ``waiting`` samples, so that each is shown ``USES`` times on average."""
    first = [next(batches) for _ in range(-(-waiting * USES // BATCH))]
    pool = [torch.cat(parts) for parts in zip(*first, strict=True)]
    place, count = 0, len(pool[0])
    while True:
        chosen = torch.from_numpy(rng.choice(count, BATCH, replace=count < BATCH))
        yield [part[chosen] for part in pool]
        fresh = next(batches)
        where = (torch.arange(len(fresh[0])) + place) % count
        for part, new in zip(pool, fresh, strict=True):
            part[where] = new
        place = (place + len(fresh[0])) % count


def shown(images: torch.Tensor, progress: float) -> torch.Tensor:
    batch = images.permute(0, 3, 1, 2).float()
    if progress < SMALL_SHARE:
        batch = functional.interpolate(batch, size=(SMALL, SMALL), mode="bilinear", align_corners=False)
    return ((batch - 127.5) / 128).contiguous(memory_format=torch.channels_last)


def share_gradients(network: Network, processes: int) -> None:
    """Every process goes on with the mean of all gradients."""
    gradients = [parameter.grad for parameter in network.parameters()]
    flat = torch.cat([gradient.flatten() for gradient in gradients]) / processes
    distributed.all_reduce(flat)
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def rate(progress: float) -> float:
    """Warm up, then fall as a cosine."""
    if progress < WARM:
        return RATE * progress / WARM
    return RATE * (0.005 + 0.995 * (1 + math.cos(math.pi * (progress - WARM) / (1 - WARM))) / 2)


@torch.no_grad()
def follow(average: Network, network: Network, keep: float) -> None:
    for old, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if old.is_floating_point():
            old.lerp_(new, 1 - keep)
        else:
            old.copy_(new)


def save(path: Path, state: dict) -> None:
    """Whole or not at all."""
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    temporary.replace(path)


if __name__ == "__main__":
    main()
