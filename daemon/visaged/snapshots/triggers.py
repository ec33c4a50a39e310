"""Which faces of a frame are worth a snapshot, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from visaged.snapshots.settings import TriggerSettings
from visaged.values import NOT_TRACKED, Face

Trigger = Literal["command", "face_appeared", "pose_limit", "confidence_drop", "interval"]

REARM_DEGREES = 5.0
REARM_CONFIDENCE = 0.05
"""How far a face must come back inside a limit before it can cross it again: hovering at it is one event."""


class Triggers:
    """Follows the faces of a sequence of frames; each crossing of a limit counts once for each face."""

    def __init__(self, settings: TriggerSettings) -> None:
        self._settings = settings
        self._last: dict[Trigger, float] = {}
        self._spent: dict[Trigger, set[int]] = {"face_appeared": set(), "pose_limit": set(), "confidence_drop": set()}

    def due(self, faces: Sequence[Face], now: float) -> list[tuple[Face, Trigger]]:
        """The faces to take now, each with the first trigger that asks for it; ``now``: seconds, monotonic.

        Faces that are not tracked have no history and are never due.
        """
        followed = [face for face in faces if face.id != NOT_TRACKED and face.reason != "tracking_lost"]
        self._forget(followed)
        asked: dict[int, tuple[Face, Trigger]] = {}
        for trigger, wanted in self._wanted(followed):
            if wanted and self._gap_is_over(trigger, now):
                self._last[trigger] = now
                self._spent.get(trigger, set()).update(face.id for face in wanted)
                for face in wanted:
                    asked.setdefault(face.id, (face, trigger))
        return list(asked.values())

    def _wanted(self, faces: Sequence[Face]) -> Iterable[tuple[Trigger, list[Face]]]:
        """Per trigger that is on, the faces for which it holds and was not spent yet."""
        settings, valid = self._settings, [face for face in faces if face.valid]
        if settings.on_appeared:
            yield "face_appeared", self._unspent("face_appeared", valid)
        if settings.pose_limit:
            beyond = [face for face in valid if turn_of(face) > settings.pose_limit]
            self._rearm("pose_limit", [face for face in valid if turn_of(face) < settings.pose_limit - REARM_DEGREES])
            yield "pose_limit", self._unspent("pose_limit", beyond)
        if settings.confidence_limit:
            limit = settings.confidence_limit
            self._rearm("confidence_drop", [face for face in faces if face.confidence > limit + REARM_CONFIDENCE])
            low = [face for face in faces if face.confidence < limit]
            yield "confidence_drop", self._unspent("confidence_drop", low)
        if settings.interval_s:
            yield "interval", valid

    def _gap_is_over(self, trigger: Trigger, now: float) -> bool:
        gap = self._settings.interval_s if trigger == "interval" else self._settings.min_gap_s
        return now - self._last.get(trigger, float("-inf")) >= gap

    def _unspent(self, trigger: Trigger, faces: Iterable[Face]) -> list[Face]:
        return [face for face in faces if face.id not in self._spent[trigger]]

    def _rearm(self, trigger: Trigger, faces: Iterable[Face]) -> None:
        self._spent[trigger].difference_update(face.id for face in faces)

    def _forget(self, followed: Iterable[Face]) -> None:
        """Faces that have gone leave nothing behind: ids are never used again."""
        ids = {face.id for face in followed}
        for spent in self._spent.values():
            spent.intersection_update(ids)


def turn_of(face: Face) -> float:
    """The largest of the three angles in degrees, whatever its sign."""
    return max(abs(face.pose.yaw), abs(face.pose.pitch), abs(face.pose.roll))
