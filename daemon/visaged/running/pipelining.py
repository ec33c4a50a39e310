"""The parts of the pipeline that a configuration asks for, at the start and when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter

from visaged.addresses import is_live
from visaged.assembly import Vision
from visaged.config import Config
from visaged.pipeline import Observer, Outlets, Parts
from visaged.values import Frame


def first_parts(config: Config, vision: Vision, outlets: Outlets, observer: Observer | None) -> Parts:
    """Where nothing runs yet. Raises ModelError where a part of the model pack is damaged."""
    landmarks = config.mqtt.landmarks
    return Parts(
        tracker=vision.tracker(),
        outlets=outlets,
        with_landmarks=landmarks,
        occlusion=vision.occlusion() if landmarks else None,
        smoother=vision.live_smoother(),
        clock=_clock(config),
        with_raw=config.smooth.raw,
        observer=observer,
    )


def next_parts(now: Parts, before: Config, config: Config, vision: Vision, applies: frozenset[str]) -> Parts:
    """What ``now`` is exchanged for: who is followed goes on being followed, and smoothed, where that may be.

    ``applies``: what the changes from ``before`` to ``config`` ask for.
    """
    landmarks, is_same = config.mqtt.landmarks, "vision" not in applies
    goes_on = is_same and config.smooth == before.smooth and "source" not in applies
    occlusion = now.occlusion if is_same and landmarks else None
    return replace(
        now,
        tracker=vision.tracker(now.tracker),
        smoother=now.smoother if goes_on else vision.live_smoother(),
        with_landmarks=landmarks,
        occlusion=occlusion or (vision.occlusion() if landmarks else None),
        clock=_clock(config),
        with_raw=config.smooth.raw,
    )


def _clock(config: Config) -> Callable[[Frame], float]:
    """What tells the smoother when a frame was taken: a file's own time, or ours."""
    return attrgetter("mono" if is_live(config.source.uri) else "t")
