"""Translates configuration, opened models and opened source into what the ``info`` topic says."""

from __future__ import annotations

import platform
from dataclasses import asdict

import cv2
import numpy as np

from visaged import __version__
from visaged.assembly import Vision
from visaged.board.board import Board
from visaged.config import Config
from visaged.config.groups import names
from visaged.config.schema import SmoothSection
from visaged.models import Pack
from visaged.mqtt.payload import CameraInfo, Info, PackInfo
from visaged.runtime import onnxruntime
from visaged.sources.base import Format
from visaged.tuning.choice import Choice
from visaged.urls import redact


def facts(config: Config, board: Board, choice: Choice, vision: Vision, frames: Format | None) -> Info:
    """What runs here, on which ``board`` and how; ``frames`` is what the source delivers, None until then."""
    return Info(
        versions={
            "visaged": __version__,
            "python": platform.python_version(),
            "onnxruntime": onnxruntime.__version__,
            "opencv": cv2.__version__,
            "numpy": np.__version__,
        },
        board=board.identity.model,
        pack=_pack(vision.pack),
        detector=vision.detector_kind,
        detector_pack=_pack(vision.detector_pack),
        openings_from=vision.openings_from,
        camera=_camera(redact(config.source.uri), frames),
        tuning=_tuning(board, choice) | {"detect_interval": config.detect.interval, **_smoothing(config.smooth)},
        groups=names(config.remote.groups),
    )


def _tuning(board: Board, choice: Choice) -> dict[str, int | float | str | bool]:
    """How the networks run, who says so and why, and on which cores, where not on all."""
    chosen = {**asdict(choice.execution), "chosen_by": choice.by, "why": choice.why, "profile": board.profile.name}
    return chosen | ({"cores": ",".join(map(str, sorted(board.usable)))} if board.profile.big_cores else {})


def _smoothing(smooth: SmoothSection) -> dict[str, float | str]:
    """The smoothing in force, under the names of its keys with ``smooth_`` before them."""
    used = {
        "off": ("mode",),
        "pose": ("mode", "pose", "derivative"),
        "all": ("mode", "pose", "landmarks", "derivative"),
    }
    names = (name for name in smooth.__struct_fields__ if name.partition("_")[0] in used[smooth.mode])
    return {f"smooth_{name}": getattr(smooth, name) for name in names}


def _pack(pack: Pack) -> PackInfo:
    return PackInfo(pack.name, pack.version, pack.licence, pack.verified)


def _camera(source: str, frames: Format | None) -> CameraInfo:
    if frames is None:
        return CameraInfo(source, None, None, None)
    return CameraInfo(source, frames.width, frames.height, frames.fps)
