"""The source between the configuration, what reads it, and what is told of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from visaged.addresses import is_live
from visaged.backoff import Backoff
from visaged.config.schema import SourceSection
from visaged.sources.base import Source
from visaged.sources.capture import Capture
from visaged.sources.faults import WITH_FRAMES, Trouble
from visaged.sources.mailbox import Mailbox
from visaged.sources.opener import open_source
from visaged.sources.opening import Opening
from visaged.sources.settings import CameraSettings
from visaged.sources.watch import Watch

BLACK_RETRY_S = 60.0, 900.0
"""Bounds of how long a camera that shows nothing is left alone: it may just be dark."""

Event = tuple[str, Mapping[str, Any]]


def camera_settings(wanted: SourceSection) -> CameraSettings:
    """What is asked of a camera; the keys have the same names."""
    return CameraSettings(
        width=wanted.width,
        height=wanted.height,
        fps=wanted.fps,
        exposure_ms=wanted.exposure_ms,
        gain=wanted.gain,
        open_timeout_s=wanted.open_timeout_s,
        stall_timeout_s=wanted.stall_timeout_s,
    )


def check(wanted: SourceSection, models_dir: Path | None) -> None:
    """Raises SourceError or ModelError for a file, folder or drawn camera that is not there; a live one may come."""
    if not is_live(wanted.uri):
        open_source(wanted.uri, camera_settings(wanted), models_dir).close()


def open_capture(
    wanted: SourceSection,
    opened: Callable[[CameraSettings], Source],
    mailbox: Mailbox,
    on_state: Callable[[Trouble | None], None],
    on_wait: Callable[[], None],
) -> Capture:
    """What keeps ``mailbox`` filled; not started. The callbacks are those of ``Capture``."""
    return Capture(
        lambda patience_s: opened(replace(camera_settings(wanted), open_timeout_s=patience_s)),
        pace=wanted.pace,
        loop=wanted.loop,
        opening=Opening(wanted.open_timeout_s, (wanted.retry_min_s, wanted.retry_max_s), random.Random()),
        mailbox=mailbox,
        watch=Watch(wanted.frozen_timeout_s, Backoff(*BLACK_RETRY_S, random.Random())),
        on_state=on_state,
        on_wait=on_wait,
    )


class Outage:
    """Turns the troubles of a camera into events: one for each fault, and one when all is well again."""

    def __init__(self) -> None:
        self._trouble: Trouble | None = None
        self._since = 0.0

    def events(self, trouble: Trouble | None, now: float) -> list[Event]:
        """What the change to ``trouble`` comes to, at ``now`` in monotonic seconds."""
        before, self._trouble = self._trouble, trouble
        if trouble is None:
            if before is None:
                return []
            downtime = round(now - self._since, 3)
            return [("camera_restored", {"fault": before.fault, "reason": before.reason, "downtime_s": downtime})]
        if before is None:
            self._since = now
        elif before.fault == trouble.fault:
            return []
        told = {"fault": trouble.fault, "reason": trouble.reason, "frames": trouble.fault in WITH_FRAMES}
        return [("camera_lost", told)]
