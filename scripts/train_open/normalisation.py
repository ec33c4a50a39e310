"""What the network's answers are multiplied by and added to."""

from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from arrays import read_arrays
from placing import DEPTH
from samples import Studio
from whole import write_arrays

FILE = "statistics.npz"
SAMPLES = 3000
SEED = 2**32 - 1
DEPTH_AT = 11
"""Where the depth is among the parameters; it never changes."""


class Normalisation(NamedTuple):
    """``mean`` and ``std`` (62,) of the parameters: the pack's ``param_mean`` and ``param_std``."""

    mean: np.ndarray
    std: np.ndarray


def normalisation(studio: Studio, work: Path) -> Normalisation:
    """As it is kept in ``work``; if it is not yet, that of the studio's samples."""
    path = work / FILE
    if not path.exists():
        write_arrays(path, _measured(studio)._asdict())
    return load_normalisation(work)


def load_normalisation(work: Path) -> Normalisation:
    """Raises UsageError or ModelError where ``work`` holds none."""
    return Normalisation(**read_arrays(work / FILE, Normalisation._fields, "train.py"))


def _measured(studio: Studio) -> Normalisation:
    faces = np.array([sample.params for sample in islice(studio.samples(SEED), SAMPLES) if sample.face])
    mean, std = faces.mean(0), faces.std(0)
    mean[DEPTH_AT], std[DEPTH_AT] = DEPTH, 1.0
    return Normalisation(mean.astype(np.float32), std.astype(np.float32))
