"""What is measured: the stages of a pack, or of a network that is still in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from visaged.assembly import Vision, models_folder, open_vision
from visaged.config import load
from visaged.models import Pack, RegressorSpec
from visaged.values import Box, Image, Picture
from visaged.vision.candidates import Presence
from visaged.vision.face_model import open_face_model
from visaged.vision.judge import Judge
from visaged.vision.regressor import open_regressor
from visaged.vision.session import open_session
from visaged.vision.signals import Signals

SIGNALS = "signals"
SPEC = RegressorSpec(Path(), "input", "params", 120, 127.5, 128.0, 0.5, 12, 40, 10)
"""How a network of the open pack is called; the path is each one's own, and so is whether it has signals."""


@dataclass(frozen=True)
class Subject:
    """The opened stages, the regressor whose time is one net, and where other packs are (None: the usual places)."""

    vision: Vision
    net: Path
    models_dir: Path | None

    @property
    def has_signals(self) -> bool:
        """Whether the network says more than parameters."""
        return self.vision.openings_from == "network"

    def signals(self, image: Image, roi: Box) -> Signals | None:
        """What the network says of a region; None where it says nothing."""
        return self.vision.judge.look(Picture(image), roi, Presence(0.0)).signals if self.has_signals else None


def open_subject(sets: Sequence[str], net: Path | None = None) -> Subject:
    """The stages of the configured pack, on one thread; without ``net`` its own regressor is the net."""
    config = load(None, [*sets, "inference.threads=1"]).config
    vision = open_vision(config)
    assert vision.pack.regressor is not None
    return Subject(vision, net or vision.pack.regressor.path, models_folder(config.model))


def with_candidate(subject: Subject, regressor: Path, face_model: Path) -> Subject:
    """The same stages with another network and face model in place of the pack's own."""
    vision, spec = subject.vision, _spec(regressor)
    pack = Pack(regressor.stem, "", "", "", False, regressor.parent, spec, None, face_model, {}, 0)
    model = open_face_model(pack)
    judge = Judge(vision.detector, open_regressor(spec), model, spec.shape, vision.track.min_confidence)
    return replace(subject, vision=replace(vision, pack=pack, judge=judge, face_model=model))


def _spec(regressor: Path) -> RegressorSpec:
    outputs = {output.name for output in open_session(regressor).get_outputs()}
    return replace(SPEC, path=regressor, signals=SIGNALS if SIGNALS in outputs else None)
