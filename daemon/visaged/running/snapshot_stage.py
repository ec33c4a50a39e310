"""The snapshots of one configuration: their service, where it is on, and the threads that it needs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from visaged.assembly import Vision
from visaged.config.schema import SnapshotSection
from visaged.errors import SnapshotError
from visaged.lifecycle import Lifecycle
from visaged.mqtt.payload import Stamp
from visaged.pipeline import Observer
from visaged.running import snapshotting
from visaged.running.commands import Respond
from visaged.snapshots.request import Saved
from visaged.snapshots.service import Listeners, Snapshots
from visaged.snapshots.triggers import Trigger
from visaged.values import Face

STOP_S = 0.3
"""How long the end waits for a slow disk."""

Event = Callable[[Stamp, str, Mapping[str, Any]], None]


class SnapshotStage:
    """``report`` is told what is wrong (None: nothing), ``event`` what was saved and what was not.

    Raises ModelError where snapshots are on and the model pack has no surface to take depth from.
    """

    def __init__(
        self,
        wanted: SnapshotSection,
        vision: Vision,
        report: Callable[[str | None], None],
        event: Event,
        *,
        device: str,
        source: str,
    ) -> None:
        self._event = event
        self._thread: threading.Thread | None = None
        listeners = Listeners(saved=self._on_saved, failed=self._on_failed, trouble=report)
        self.service: Snapshots | None = None
        if wanted.enabled:
            self.service = snapshotting.open_snapshots(wanted, vision, listeners, device=device, source=source)

    @property
    def observer(self) -> Observer | None:
        """Who sees the frames and faces; None where snapshots are off."""
        return self.service.observe if self.service is not None else None

    def start(self, lifecycle: Lifecycle) -> None:
        """The thread that writes snapshots, where they are on; and one that knows when it hangs."""
        if self.service is not None:
            lifecycle.thread("snapshot watch", self.service.watch)
            self._thread = lifecycle.thread("snapshots", self.service.run)

    def stop(self) -> None:
        """End the threads, soon even where a write hangs."""
        if self.service is not None and self._thread is not None:
            self.service.stop()
            self._thread.join(STOP_S)
            self.service.dismiss()

    def take(self, respond: Respond) -> None:
        """Obey the command ``snapshot``."""
        if self.service is None:
            respond(snapshotting.OFF)
        else:
            self.service.ask(lambda outcome: respond(snapshotting.answer(outcome)))

    def _on_saved(self, saved: Saved) -> None:
        self._event(saved.stamp, "snapshot_saved", snapshotting.saved_details(saved))

    def _on_failed(self, stamp: Stamp, face: Face, trigger: Trigger, error: SnapshotError) -> None:
        self._event(stamp, "snapshot_failed", snapshotting.failed_details(face, trigger, error))
