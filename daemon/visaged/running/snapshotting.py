"""Puts the snapshots together from the configuration and the opened models, and translates them for the wire."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from visaged.assembly import Vision
from visaged.backoff import Backoff
from visaged.config.schema import SnapshotSection
from visaged.errors import SnapshotError
from visaged.models import Pack
from visaged.running.commands import Answer
from visaged.snapshots import place
from visaged.snapshots.describe import Origin
from visaged.snapshots.photographer import Photographer
from visaged.snapshots.record import PackFacts
from visaged.snapshots.request import Outcome, Saved
from visaged.snapshots.service import Listeners, Snapshots, Tally
from visaged.snapshots.settings import Limits, TriggerSettings
from visaged.snapshots.store import Store
from visaged.snapshots.triggers import Trigger, Triggers
from visaged.values import Face

OFF = Answer({}, ("snapshots_off", "snapshots are off; set snapshot.enabled = true"))
"""The answer to whoever asks for a snapshot where none are taken."""

DAY_S = 86400.0


def open_snapshots(
    wanted: SnapshotSection, vision: Vision, listeners: Listeners, *, device: str, source: str
) -> Snapshots:
    """The service that ``wanted`` asks for; ``source`` names the camera, without credentials.

    Raises ModelError where the model pack has no surface to take depth from. A folder that cannot be used is no error:
    the service says so, and tries again.
    """
    origin = Origin(device, source, wanted.focal_length_px, _facts(vision.pack))
    return Snapshots(
        Triggers(_triggers(wanted)),
        Photographer(vision.surface(), origin, ply=wanted.ply, rgb=wanted.rgb),
        Store(place.folder(wanted.folder), _limits(wanted), with_parents=not wanted.folder),
        listeners,
        Backoff(wanted.retry_min_s, wanted.retry_max_s, random.Random()),
        queue=wanted.queue,
        keep_images=wanted.rgb,
    )


def saved_details(saved: Saved) -> Mapping[str, Any]:
    """What the event ``snapshot_saved`` says."""
    return {"id": saved.face, "trigger": saved.trigger, **_files(saved)}


def failed_details(face: Face, trigger: Trigger, error: SnapshotError) -> Mapping[str, Any]:
    """What the event ``snapshot_failed`` says."""
    return {"id": face.id, "trigger": trigger, "error": {"code": error.code, "message": str(error)}}


def answer(outcome: Outcome) -> Answer:
    """What is answered to the command ``snapshot``."""
    snapshots = [{"id": saved.face, **_files(saved)} for saved in outcome.saved]
    error = outcome.error
    return Answer({"snapshots": snapshots}, (error.code, str(error)) if error is not None else None)


def _files(saved: Saved) -> Mapping[str, Any]:
    return {"file": saved.files[0], "files": list(saved.files)}


def counts(tally: Tally) -> Mapping[str, int]:
    """What ``health`` says."""
    return {
        "saved": tally.saved,
        "dropped": tally.dropped,
        "failed": tally.failed,
        "stored": tally.stored,
        "bytes": tally.size,
    }


def _triggers(wanted: SnapshotSection) -> TriggerSettings:
    return TriggerSettings(
        interval_s=wanted.interval_s,
        on_appeared=wanted.on_appeared,
        pose_limit=wanted.pose_limit_deg,
        confidence_limit=wanted.confidence_limit,
        min_gap_s=wanted.min_gap_s,
    )


def _limits(wanted: SnapshotSection) -> Limits:
    return Limits(
        max_bytes=round(wanted.max_mb * 1e6),
        max_count=wanted.max_count,
        max_age_s=wanted.max_age_days * DAY_S,
        min_free_bytes=round(wanted.min_free_mb * 1e6),
    )


def _facts(pack: Pack) -> PackFacts:
    return PackFacts(
        name=pack.name,
        version=pack.version,
        licence=pack.licence,
        permitted_use=pack.permitted_use,
        verified=pack.verified,
        sha256=dict(pack.sha256),
    )
