"""Puts the stages of vision together, from the configuration and model packs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import cv2

from visaged import machine, models
from visaged.config.schema import Config, ModelSection, SmoothSection, TrackSection
from visaged.errors import ModelError
from visaged.models import DetectorSpec, Pack, RegressorSpec
from visaged.render.occlusion import Occlusion, open_occlusion
from visaged.render.surface import Surface, open_surface
from visaged.values import OpeningsFrom
from visaged.vision.detector import Detector, open_detector
from visaged.vision.face_model import FaceModel, open_face_model
from visaged.vision.judge import Judge
from visaged.vision.one_euro import OneEuro
from visaged.vision.regressor import open_regressor
from visaged.vision.session import Execution
from visaged.vision.smoothing import PoseFilter, Smoother, WholeFaceFilter
from visaged.vision.still import StillAnalyser
from visaged.vision.tracker import Tracker

DETECTOR_PACKS = {"yunet": "yunet", "faceboxes": "3ddfa_v2"}
"""The pack that brings each detector that can be asked for by its name."""

PROPOSED = 0.55
"""The lowest score of a detector at which a network that says itself whether it sees a face has a look."""

QUICK = "yunet"
"""The kind of detector that keeps up with a camera, and the one that is taken where the face pack has none of it."""


@dataclass(frozen=True)
class Vision:
    """The opened networks, and what they were made from."""

    pack: Pack
    detector_pack: Pack
    detector_kind: str
    execution: Execution
    detector: Detector
    judge: Judge
    face_model: FaceModel
    track: TrackSection
    smooth: SmoothSection
    interval: int

    @property
    def openings_from(self) -> OpeningsFrom:
        """Who says how far eyes and mouths are open."""
        return "network" if self.pack.has_signals else "landmarks"

    def surface(self) -> Surface:
        """The dense surface of the pack, opened when first asked for; raises ModelError where the pack lacks it."""
        return self._surface

    @cached_property
    def _surface(self) -> Surface:
        surface = open_surface(self.pack)
        machine.release_memory()
        return surface

    def occlusion(self) -> Occlusion | None:
        """What tells which landmarks a face hides, for one thread; None where the pack has no triangles."""
        occlusion = open_occlusion(self.pack)
        machine.release_memory()
        return occlusion

    def still(self) -> StillAnalyser:
        """For single pictures."""
        return StillAnalyser(self.detector, self.judge, self.track.max_faces)

    def tuned(self, config: Config) -> Vision:
        """The same networks with what ``config`` says of the keys that apply live."""
        threshold = config.detect.threshold
        detector = self.detector.at(threshold, _proposed(threshold, self.pack))
        judge = self.judge.at(detector, config.track.min_confidence)
        track, smooth, interval = config.track, config.smooth, config.detect.interval
        return replace(self, detector=detector, judge=judge, track=track, smooth=smooth, interval=interval)

    def tracker(self, after: Tracker | None = None) -> Tracker:
        """For one sequence of frames, which goes on from where ``after`` is."""
        track = self.track
        return Tracker(
            self.detector,
            self.judge,
            max_faces=track.max_faces,
            interval=self.interval,
            verify_interval=track.verify_interval,
            lost_after=track.lost_after,
            after=after,
        )

    def smoother(self) -> Smoother:
        """For the tracked faces of one sequence: smooths them whole, landmarks and all."""
        pose, landmarks = self._pose_settings(), self._landmark_settings()
        return Smoother(partial(WholeFaceFilter, pose, landmarks, self.face_model))

    def live_smoother(self) -> Smoother | None:
        """The same for what is published: as much as ``smooth.mode`` asks for."""
        if self.smooth.mode == "all":
            return self.smoother()
        return Smoother(partial(PoseFilter, self._pose_settings())) if self.smooth.mode == "pose" else None

    def _pose_settings(self) -> OneEuro:
        return OneEuro(self.smooth.pose_min_cutoff_hz, self.smooth.pose_beta, self.smooth.derivative_cutoff_hz)

    def _landmark_settings(self) -> OneEuro:
        smooth = self.smooth
        return OneEuro(smooth.landmarks_min_cutoff_hz, smooth.landmarks_beta, smooth.derivative_cutoff_hz)


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks that the configuration asks for, and the packs that they are in; nothing is opened."""

    pack: Pack
    regressor: RegressorSpec
    detector_pack: Pack
    detector: DetectorSpec

    @property
    def sha256(self) -> str:
        """One hash for both files, as their packs declare them."""
        files = self.pack.sha256[self.regressor.path.name], self.detector_pack.sha256[self.detector.path.name]
        return hashlib.sha256("\n".join(files).encode()).hexdigest()


def find_networks(model: ModelSection) -> Networks:
    """Raises ModelError where a pack is missing, damaged, or lacks a part."""
    models_dir = models_folder(model)
    pack = models.load(model.pack, models_dir)
    detector_pack = _detector_pack(model.detector, pack, models_dir)
    if pack.regressor is None or detector_pack.detector is None:
        lacking = pack.name if pack.regressor is None else detector_pack.name
        part = "regressor" if pack.regressor is None else "detector"
        raise ModelError(f"pack {lacking} has no {part}; see `visaged models list` and choose another")
    return Networks(pack, pack.regressor, detector_pack, detector_pack.detector)


def open_vision(config: Config, execution: Execution | None = None) -> Vision:
    """Open everything between a picture and its faces; ``execution`` wins over what the configuration says of it.

    Raises ModelError where a pack is missing, damaged, or lacks a part.
    """
    execution = execution or Execution(config.inference.threads or 1)
    cv2.setNumThreads(execution.threads)
    found = find_networks(config.model)
    pack, detector_pack = found.pack, found.detector_pack
    asked = config.detect.threshold
    detector = open_detector(found.detector, config.detect.size, asked, execution, proposed=_proposed(asked, pack))
    regressor = open_regressor(found.regressor, execution)
    face_model = open_face_model(pack)
    judge = Judge(detector, regressor, face_model, found.regressor.shape, config.track.min_confidence)
    machine.release_memory()
    return Vision(
        pack,
        detector_pack,
        found.detector.kind,
        execution,
        detector,
        judge,
        face_model,
        config.track,
        config.smooth,
        config.detect.interval,
    )


def _proposed(asked: float, pack: Pack) -> float:
    """The lowest score of a detector that is looked at, where ``asked`` is the threshold of the configuration."""
    return PROPOSED if pack.has_signals and not asked else 1.0


def models_folder(model: ModelSection) -> Path | None:
    """The only folder to look for packs in, None for the usual places."""
    return Path(model.models_dir) if model.models_dir else None


def _detector_pack(wanted: str, pack: Pack, models_dir: Path | None) -> Pack:
    """The pack of the detector that is ``wanted``; "auto" is the face pack itself where its detector is a quick one."""
    if wanted == "auto" and pack.detector is not None and pack.detector.kind == QUICK:
        return pack
    return models.load(DETECTOR_PACKS[QUICK if wanted == "auto" else wanted], models_dir)
