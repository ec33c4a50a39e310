"""Batches for the network, from samples that processes of their own make."""

import os
from collections.abc import Iterator

import numpy as np
import torch
from samples import Studio
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info
from truth import Sample

BATCH = 64  # of each process
USES = 2
"""How often a sample is shown: making one costs as much as learning from it."""
WAITING = 4096  # samples that are mixed, in each process
AHEAD = 8  # batches that are made before they are asked for
SMALL, SMALL_SHARE = 100, 0.6
"""The first share of the samples is shown in fewer pixels, which is a third cheaper."""

Batch = list[torch.Tensor]
"""The fields of ``Sample``, n of each."""


class Samples(IterableDataset[Sample]):
    """Those of ``studio``, others for each process that makes them."""

    def __init__(self, studio: Studio, seed: int) -> None:
        self._studio, self._seed = studio, seed

    def __iter__(self) -> Iterator[Sample]:
        os.nice(1)
        worker = get_worker_info()
        return self._studio.samples(self._seed * 1000 + (worker.id if worker else 0))


def batches(studio: Studio, seed: int, most: int) -> Iterator[Batch]:
    """Without end. ``most``: how many samples are mixed at most."""
    loader = DataLoader(Samples(studio, seed), BATCH // USES, num_workers=1, prefetch_factor=AHEAD)
    return _mixed(iter(loader), np.random.default_rng(seed), min(WAITING, most))


def shown(images: torch.Tensor, progress: float) -> torch.Tensor:
    """What the network gets of ``images`` (n, 120, 120, 3): (n, 3, s, s), grey levels as (g - 127.5) / 128."""
    batch = images.permute(0, 3, 1, 2).float()
    if progress < SMALL_SHARE:
        batch = functional.interpolate(batch, size=(SMALL, SMALL), mode="bilinear", align_corners=False)
    return ((batch - 127.5) / 128).contiguous(memory_format=torch.channels_last)


def _mixed(fresh: Iterator[Batch], rng: np.random.Generator, waiting: int) -> Iterator[Batch]:
    """Batches of ``BATCH`` from the last ``waiting`` samples, so that each is shown ``USES`` times on average."""
    first = [next(fresh) for _ in range(-(-waiting * USES // BATCH))]
    pool = [torch.cat(parts) for parts in zip(*first, strict=True)]
    place, count = 0, len(pool[0])
    while True:
        chosen = torch.from_numpy(rng.choice(count, BATCH, replace=count < BATCH))
        yield [part[chosen] for part in pool]
        latest = next(fresh)
        where = (torch.arange(len(latest[0])) + place) % count
        for part, new in zip(pool, latest, strict=True):
            part[where] = new
        place = (place + len(latest[0])) % count
