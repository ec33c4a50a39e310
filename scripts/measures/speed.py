"""Time of the networks in nets: over one single-thread run of a reference in the same process, in turns.

``regressor``: one run. ``detector_160x120``, ``detector_320x240``: one detection, crop and decoding included, in a
drivers' picture of 640 x 480. The reference is the pack's own
regressor (which then takes 1) unless another is given.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench import take_turns
from measures.pictures import yawdd_pictures
from measures.subject import Subject
from visaged.models import RegressorSpec
from visaged.values import Picture
from visaged.vision.detector import open_detector
from visaged.vision.regressor import open_regressor

SIZES = {"160x120": 160, "320x240": 320}


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """The figures, medians."""
    spec = subject.vision.pack.regressor
    detector = subject.vision.detector_pack.detector
    assert spec is not None and detector is not None
    _, image = next(yawdd_pictures(data))
    reference = _run(replace(spec, path=subject.net, signals=None))
    calls: dict[str, Callable[[], object]] = {"regressor": _run(spec)}
    for name, size in SIZES.items():
        calls[f"detector_{name}"] = partial(open_detector(detector, size, 0.0).detect, Picture(image))
    return {name: _nets(reference, call) for name, call in calls.items()}


def _run(spec: RegressorSpec) -> Callable[[], object]:
    regressor = open_regressor(spec)
    regressor.tensor[:] = np.random.default_rng(0).normal(0, 0.5, regressor.tensor.shape)
    return regressor.run


def _nets(reference: Callable[[], object], call: Callable[[], object]) -> float:
    nets, own = take_turns(reference, call)
    return round(statistics.median(own) / statistics.median(nets), 3)
