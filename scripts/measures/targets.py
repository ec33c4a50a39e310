"""What the open pack must reach and aims at, and what it reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """One line of the table: ``path`` leads to its figure in what ``scripts/accuracy.py`` prints.

    ``of_landmarks`` leads to the figure of a pack without signals, where that is another.
    """

    what: str
    path: tuple[str, ...]
    must: float
    aim: float
    higher_is_better: bool = False
    of_landmarks: tuple[str, ...] | None = None

    def met(self, value: float, limit: float) -> bool:
        """Whether ``value`` is as good as ``limit``."""
        return value >= limit if self.higher_is_better else value <= limit


def _blink(video: str) -> Target:
    ways = [("blink", video, way, "auc") for way in ("published", "landmarks")]
    return Target(f"blinks, {video}: AUC", ways[0], 0.85, 0.95, True, ways[1])


TARGETS = (
    Target("pose, yaw up to 30 degrees: geodesic error, degrees", ("aflw2000", "geodesic", "0_30"), 6.5, 4.5),
    Target("pose, yaw 30 to 60 degrees: geodesic error, degrees", ("aflw2000", "geodesic", "30_60"), 9.0, 6.0),
    Target("68 landmarks, yaw up to 30 degrees: NME, percent", ("aflw2000", "nme", "0_30"), 4.5, 3.2),
    _blink("mahie_test_1"),
    _blink("mahie_test_4_low_fps"),
    _blink("mahie_test_6_low_fps"),
    Target("drivers found: share", ("faces", "yawdd", "found"), 0.97, 1.0, True),
    Target("false faces on pictures without one: share", ("no_face", "all", "found"), 0.01, 0.001),
    Target("presence: AUC", ("presence", "network", "auc"), 0.98, 0.998, True, ("presence", "confidence", "auc")),
    Target("closed loop: pose MAE, degrees", ("closed_loop", "pose_mae"), 3.0, 1.5),
    Target("closed loop: blinks found, recall", ("closed_loop", "blinks", "recall"), 0.95, 0.99, True),
    Target("closed loop: blinks found, precision", ("closed_loop", "blinks", "precision"), 0.95, 0.99, True),
    Target("detector, 160 x 120: nets", ("speed", "detector_160x120"), 3.0, 1.0),
    Target("regressor: nets", ("speed", "regressor"), 1.03, 1.0),
)


def value_of(measured: Mapping[str, Any], target: Target) -> float | None:
    """The figure of ``target``; None where it was not measured."""
    found = _at(measured, target.path)
    if target.of_landmarks is not None and not _says_itself(measured):
        found = _at(measured, target.of_landmarks)
    return found


def table(measured: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The targets whose figures were measured: the figure, and whether it meets the least and the aim."""
    found = [(target, value_of(measured, target)) for target in TARGETS]
    return [
        {
            "what": target.what,
            "value": value,
            "must": target.must,
            "aim": target.aim,
            "meets_must": target.met(value, target.must),
            "meets_aim": target.met(value, target.aim),
        }
        for target, value in found
        if value is not None
    ]


def _says_itself(measured: Mapping[str, Any]) -> bool:
    """Whether the network of the measured pack has signals."""
    return bool(measured["has_signals"])


def _at(measured: Any, path: tuple[str, ...]) -> float | None:
    for name in path:
        if not isinstance(measured, Mapping) or name not in measured:
            return None
        measured = measured[name]
    return None if measured is None else float(measured)
