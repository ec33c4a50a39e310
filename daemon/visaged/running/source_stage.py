"""The source of one configuration, from its opening to the mailbox, and what others are told of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visaged import capturing
from visaged.addresses import is_live
from visaged.config.schema import SourceSection
from visaged.progress import Progress
from visaged.sources.base import Format, Source
from visaged.sources.faults import WITH_FRAMES, Trouble
from visaged.sources.mailbox import Mailbox
from visaged.sources.opener import open_source
from visaged.sources.settings import CameraSettings
from visaged.systemd.journal import fields
from visaged.urls import redact

log = logging.getLogger("visaged")

STOP_S = 0.3
"""How long the end waits for a stalled stream."""


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who is told: ``opened`` that frames arrive, ``trouble`` what is wrong (None: nothing), ``event`` name and details
    of an event. ``wait_for_broker`` waits for a broker that is about to welcome us for the first time."""

    opened: Callable[[], None]
    trouble: Callable[[Trouble | None], None]
    event: Callable[[str, Mapping[str, Any]], None]
    wait_for_broker: Callable[[], None]


class SourceStage:
    """Keeps ``mailbox`` filled with the frames of ``wanted``, from ``start`` to ``stop``; made anew for another source.

    ``models_dir``: the folder of packs, None for the usual ones.
    """

    def __init__(
        self,
        wanted: SourceSection,
        models_dir: Path | None,
        outage: capturing.Outage,
        progress: Progress,
        hearers: Hearers,
    ) -> None:
        self.is_file = not is_live(wanted.uri)
        self.is_played_in_full = self.is_file and wanted.pace == "fast"
        self.mailbox = Mailbox()
        self._wanted = wanted
        self._models_dir = models_dir
        self._outage = outage
        self._hearers = hearers
        self._has_waited = False
        self._capture = capturing.open_capture(wanted, self._open, self.mailbox, self._on_state, progress.waited)

    @property
    def name(self) -> str:
        """The source, without credentials."""
        return redact(self._wanted.uri)

    @property
    def error(self) -> Exception | None:
        """What ended the reading before its time, None while all is well."""
        return self._capture.error

    @property
    def format(self) -> Format | None:
        """Of the frames; None until there is one."""
        return self._capture.format

    def start(self) -> None:
        """Begin to read."""
        self._capture.start()

    def stop(self) -> None:
        """End, and close the mailbox."""
        self._capture.stop(STOP_S)

    def _open(self, settings: CameraSettings) -> Source:
        """The source, opened. A file does not run away from a broker that is about to welcome us for the first time."""
        source = open_source(self._wanted.uri, settings, self._models_dir)
        if self.is_file and not self._has_waited:
            self._has_waited = True
            self._hearers.wait_for_broker()
        return source

    def _on_state(self, trouble: Trouble | None) -> None:
        if trouble is None:
            log.info("Frames arrive from %s.", self.name, extra=fields(state="open", camera=self.name))
            self._hearers.opened()
        else:
            what = "Poor frames" if trouble.fault in WITH_FRAMES else "No frames"
            told = fields(state="waiting", fault=trouble.fault, reason=trouble.reason, camera=self.name)
            stop = "" if trouble.reason.endswith("?") else "."
            log.warning("%s: %s%s", what, trouble.reason, stop, extra=told)
        self._hearers.trouble(trouble)
        for name, details in self._outage.events(trouble, time.monotonic()):
            self._hearers.event(name, details)
