"""What has to be done to go over from one configuration to another."""

from __future__ import annotations

from dataclasses import dataclass

from visaged.assembly import Vision
from visaged.config import Config, changed
from visaged.pipeline import Parts
from visaged.running.snapshot_stage import SnapshotStage
from visaged.tuning.choice import Choice


@dataclass(frozen=True, slots=True)
class Plan:
    """What an app goes over to: everything that can fail is made already, and nothing of it has begun."""

    config: Config
    applies: frozenset[str]
    choice: Choice
    vision: Vision
    snapshots: SnapshotStage
    parts: Parts


def needs_another_app(before: Config, after: Config) -> bool:
    """Whether the difference is more than an app can take over to while it runs."""
    return any(key.use.applies == "all" for key in changed(before, after))
