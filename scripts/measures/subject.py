"""What is measured: the stages of a pack, or of a network that is still in training, and its signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.models import Pack, RegressorSpec
from visaged.values import Box, Image
from visaged.vision.face_model import FaceModel
from visaged.vision.judge import Judge
from visaged.vision.regressor import Regressor, open_regressor
from visaged.vision.session import open_session

OUTPUT = "signals"

SPEC = RegressorSpec(Path(), "input", "params", 120, 127.5, 128.0, 0.5, 12, 40, 10)
"""How a network of the open pack is called; the path is each one's own."""


class Signals(NamedTuple):
    """What a network says beside the parameters, each in [0, 1]; left is the person's own left."""

    presence: float
    eye_open_left: float
    eye_open_right: float
    eye_seen_left: float
    eye_seen_right: float
    mouth_open: float


@dataclass(frozen=True)
class Subject:
    """The opened stages; ``network`` answers with signals, None where the pack has none."""

    vision: Vision
    network: Regressor | None

    def signals(self, image: Image, roi: Box) -> Signals | None:
        """What the network says of a region; None where it says nothing."""
        return None if self.network is None else Signals(*self.network.regress(image, roi).tolist())


def open_subject(sets: Sequence[str]) -> Subject:
    """The stages of the configured pack, on one thread."""
    vision = _vision(sets)
    assert vision.pack.regressor is not None
    return Subject(vision, _network(vision.pack.regressor))


def open_candidate(sets: Sequence[str], regressor: Path, face_model: Path) -> Subject:
    """The stages of the configured pack with another network and face model in place of its own."""
    vision, spec = _vision(sets), replace(SPEC, path=regressor)
    model = _face_model(face_model, spec)
    judge = Judge(vision.detector, open_regressor(spec, 1), model, spec.shape, vision.track.min_confidence)
    pack = Pack(regressor.stem, "", "", "", False, regressor.parent, spec, None, face_model, {}, 0)
    return Subject(replace(vision, pack=pack, judge=judge, face_model=model), _network(spec))


def _vision(sets: Sequence[str]) -> Vision:
    return open_vision(load(None, [*sets, "inference.threads=1"]).config)


def _network(spec: RegressorSpec) -> Regressor | None:
    session = open_session(spec.path, 1)
    if not any(output.name == OUTPUT for output in session.get_outputs()):
        return None
    return Regressor(session, replace(spec, output=OUTPUT))


def _face_model(path: Path, spec: RegressorSpec) -> FaceModel:
    arrays = np.load(path)
    coordinates = (arrays["landmark_indices"][:, None] * 3 + np.arange(3)).ravel()
    names = ("mean", "shape_basis", "expression_basis")
    mean, *bases = (arrays[name][coordinates].astype(np.float32) for name in names)
    return FaceModel(
        mean,
        np.ascontiguousarray(np.concatenate(bases, axis=1)),
        param_mean=arrays["param_mean"].astype(np.float32),
        param_std=arrays["param_std"].astype(np.float32),
        pose=spec.pose,
        shape=spec.shape,
        size=spec.size,
    )
