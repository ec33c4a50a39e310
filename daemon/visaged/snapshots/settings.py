"""What the snapshots are told, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSettings:
    """When a face is worth a snapshot; 0 turns a trigger off.

    ``interval_s``: seconds between two rounds of all valid faces. ``on_appeared``: each face once. ``pose_limit``:
    degrees of yaw, pitch or roll, either way. ``confidence_limit``: below it. ``min_gap_s``: seconds between two
    snapshots with one trigger, other than the interval; a face that has to wait is taken when they are over.
    """

    interval_s: float = 0.0
    on_appeared: bool = False
    pose_limit: float = 0.0
    confidence_limit: float = 0.0
    min_gap_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the folder may hold: bytes, whole snapshots, seconds of age (0: no limit); and bytes that stay free."""

    max_bytes: int
    max_count: int
    max_age_s: float
    min_free_bytes: int
