"""The composition root: makes every part of the daemon from one configuration, starts them, and stops them."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Mapping
from functools import partial
from operator import attrgetter
from typing import Any, Literal

from visaged import capturing, machine, snapshotting
from visaged.assembly import models_folder, open_vision
from visaged.board import files
from visaged.board.board import read_board, settle_on
from visaged.board.governor import Governor
from visaged.commands import Commands, Respond
from visaged.conditions import Conditions
from visaged.config import Config
from visaged.config.schema import ThermalSection
from visaged.cooling import Cooling
from visaged.errors import BrokerError, SnapshotError
from visaged.facts import facts
from visaged.lifecycle import Lifecycle
from visaged.link import Link
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.payload import Stamp
from visaged.pipeline import Counts, Outlets, Pipeline
from visaged.progress import Progress
from visaged.restraint import Restraint
from visaged.snapshots.request import Saved
from visaged.snapshots.service import Listeners, Snapshots
from visaged.snapshots.triggers import Trigger
from visaged.sources.base import Source
from visaged.sources.faults import WITH_FRAMES, Trouble
from visaged.sources.mailbox import Mailbox
from visaged.sources.opener import is_live, open_source
from visaged.sources.settings import CameraSettings
from visaged.stages import StageTimes
from visaged.systemd.journal import fields
from visaged.tuning.here import choose_execution
from visaged.urls import redact
from visaged.values import Face
from visaged.vitals import Vitals

log = logging.getLogger("visaged")

CAPTURE_STOP_S, PIPELINE_STOP_S, SNAPSHOTS_STOP_S = 0.3, 0.4, 0.3
"""How long the end waits for each: a stalled stream, a slow network, and a slow disk: 1 s together."""

BACK_PRESSURE_S = 0.002
"""How long a file that is processed in full waits before it looks again whether the broker has caught up."""

BACK_PRESSURE_LIMIT = 8

STARTING = "starting"


class App:
    """What runs under one configuration, apart from the connection to the broker, which is ``link``'s.

    ``max_frames``: end after so many processed frames; None: never. Raises ConfigError or ModelError where a part
    cannot be made.
    """

    def __init__(self, config: Config, max_frames: int | None, lifecycle: Lifecycle, link: Link) -> None:
        self._config = config
        self._is_file = not is_live(config.source.uri)
        self._lifecycle = lifecycle
        self._link = link
        self._publisher = link.publisher
        self._stopping = threading.Event()
        self._has_waited = link.welcomed.is_set()
        self._has_reported = False
        self._outage = capturing.Outage()
        self._times = StageTimes()
        self.progress = Progress()
        self._board = read_board(files.root())
        settle_on(self._board)
        self._choice = choose_execution(config, self._board)
        self._vision = open_vision(config, self._choice.execution)
        self._boot_id = secrets.token_hex(3)
        self._conditions = Conditions({"camera": STARTING}, self._on_condition)
        self._snapshots = self._make_snapshots(link.topics.device) if config.snapshot.enabled else None
        self._commands = Commands(
            link.topics, link.encoding, {"snapshot": self._take_snapshot}, self._publisher.publish_answer
        )
        restraint = Restraint()
        self._cooling = self._make_cooling(config.thermal, restraint) if self._may_leave_out(config) else None
        mailbox = Mailbox()
        self._capture = capturing.open_capture(
            config.source, self._open_source, mailbox, self._on_source, self.progress.waited
        )
        self._pipeline = Pipeline(
            mailbox,
            self._vision.tracker(),
            Outlets(link.topics, link.encoding, self._publish_frame, self._publisher.publish_event),
            self._times,
            boot_id=self._boot_id,
            with_landmarks=config.mqtt.landmarks,
            occlusion=self._vision.occlusion() if config.mqtt.landmarks else None,
            max_frames=max_frames,
            smoother=self._vision.live_smoother(),
            clock=attrgetter("t" if self._is_file else "mono"),
            with_raw=config.smooth.raw,
            observer=self._snapshots.observe if self._snapshots else None,
            progress=self.progress,
            restraint=restraint,
        )
        self._snapshots_thread: threading.Thread | None = None
        self._pipeline_thread: threading.Thread | None = None
        self._vitals = self._make_vitals()
        self._health_due = 0.0

    @property
    def counts(self) -> Counts:
        """How many frames have passed."""
        return self._pipeline.counts

    @property
    def latency_ms(self) -> float | None:
        """From capture to publish, the median of the last frames; None before there is one."""
        total = self._times.percentiles().get("total")
        return None if total is None else total[0]

    @property
    def trouble(self) -> str | None:
        """What is wrong, the broker included; None where nothing is."""
        return "; ".join(filter(None, (self._conditions.reason, self._link.trouble))) or None

    @property
    def is_ready(self) -> bool:
        """Whether a frame was processed, or it was published why there is none."""
        return self.progress.frames > 0 or self._has_reported

    def start(self) -> None:
        """Say what runs here and begin; from now on the broker's messages are for this app."""
        self._link.status("degraded", STARTING)
        self._publish_info()
        self._link.attach(self)
        self._health_due = time.monotonic() + self._config.mqtt.health_interval_s
        self._start_snapshots()
        if self._cooling is not None:
            self._lifecycle.thread("cooling", self._cooling.run)
        self._pipeline_thread = self._lifecycle.thread("pipeline", self._run_pipeline)

    def stop(self) -> None:
        """End what was started and say nothing more; back within a second, even where a read or a write hangs."""
        self._stopping.set()
        if self._cooling is not None:
            self._cooling.stop()
        self._pipeline.stop()
        self._capture.stop(CAPTURE_STOP_S)
        if self._pipeline_thread is not None:
            self._pipeline_thread.join(PIPELINE_STOP_S)
        if self._snapshots is not None and self._snapshots_thread is not None:
            self._snapshots.stop()
            self._snapshots_thread.join(SNAPSHOTS_STOP_S)
            self._snapshots.dismiss()

    def judge_configuration(self, rejected: str | None) -> None:
        """Say with the status why a new configuration is not in force, None: there is no such."""
        self._conditions.report("configuration", rejected)

    def announce(self, name: str, details: Mapping[str, Any]) -> None:
        """An event that is of no frame."""
        stamp = Stamp(self.counts.processed, self._boot_id, time.time(), time.monotonic())
        self._link.event(stamp, name, details)

    def receive(self, message: Incoming) -> None:
        """A command has come."""
        self._commands.receive(message)

    def subscribed(self, denied: str | None) -> None:
        """The broker lets commands through, or ``denied`` says why not."""
        self._conditions.report("commands", denied and f"no commands are received: {denied}")

    def attend(self) -> float:
        """Publish ``health`` where it is time to; gives the seconds until it is again. Belongs to one thread."""
        now = time.monotonic()
        if now >= self._health_due:
            self._health_due = now + self._config.mqtt.health_interval_s
            machine.release_memory()
            self._link.health(self._vitals.measure())
        return self._health_due - now

    def _make_vitals(self) -> Vitals:
        commands = self._commands if self._config.mqtt.commands else None
        return Vitals(
            self.counts,
            self._times,
            self._publisher,
            commands=commands,
            snapshots=self._snapshots,
            cooling=self._cooling,
        )

    def _make_snapshots(self, device: str) -> Snapshots:
        listeners = Listeners(
            saved=self._on_snapshot,
            failed=self._on_snapshot_failed,
            trouble=partial(self._conditions.report, "snapshots"),
        )
        source = redact(self._config.source.uri)
        return snapshotting.open_snapshots(self._config.snapshot, self._vision, listeners, device=device, source=source)

    def _start_snapshots(self) -> None:
        """The thread that writes snapshots, where they are on; and one that knows when it hangs."""
        if self._snapshots is not None:
            self._lifecycle.thread("snapshot watch", self._snapshots.watch)
            self._snapshots_thread = self._lifecycle.thread("snapshots", self._snapshots.run)

    def _make_cooling(self, thermal: ThermalSection, restraint: Restraint) -> Cooling:
        governor = Governor(self._board.profile.limits(thermal.limit_c), thermal.dwell_s)
        return Cooling(files.root(), governor, restraint, partial(self._conditions.report, "heat"), self.announce)

    def _may_leave_out(self, config: Config) -> bool:
        """Whether frames may be left out against heat: not of a file that is to be processed in full."""
        return config.thermal.enabled and not (self._is_file and config.source.pace == "fast")

    def _open_source(self, settings: CameraSettings) -> Source:
        """The source, opened. A file does not run away from a broker that is about to welcome us for the first time."""
        source = open_source(self._config.source.uri, settings, models_folder(self._config.model))
        if self._is_file and not self._has_waited:
            self._has_waited = True
            self._publisher.wait_connected(self._config.mqtt.connect_timeout_s)
        return source

    def _run_pipeline(self) -> None:
        self._capture.start()
        reason = self._pipeline.run()
        if self._stopping.is_set():
            return  # this app ends, and the daemon may well go on with another
        if self._capture.error is not None:
            self._lifecycle.end("the capture thread died", self._capture.error)
        else:
            self._lifecycle.end(reason, self._undelivered())

    def _undelivered(self) -> BrokerError | None:
        """A file that was played to nobody has failed, however well it was played."""
        if not self._is_file or self._link.welcomed.is_set():
            return None
        return BrokerError(f"none of the {self.counts.processed} frames reached a broker: {self._link.trouble}")

    def _publish_frame(self, topic: str, message: bytes) -> None:
        """Frames of a file that is processed in full wait until a broker that is there has caught up."""
        if self._is_file and self._config.source.pace == "fast":
            while self._is_behind() and not self._stopping.wait(BACK_PRESSURE_S):
                self.progress.round()
                self.progress.waited()
        self._publisher.publish_frame(topic, message)

    def _is_behind(self) -> bool:
        broker = self._publisher.stats
        return broker.connected and broker.backlog > BACK_PRESSURE_LIMIT

    def _on_source(self, trouble: Trouble | None) -> None:
        camera = redact(self._config.source.uri)
        if trouble is None:
            log.info("Frames arrive from %s.", camera, extra=fields(state="open", camera=camera))
            self._publish_info()
        else:
            what = "Poor frames" if trouble.fault in WITH_FRAMES else "No frames"
            told = fields(state="waiting", fault=trouble.fault, reason=trouble.reason, camera=camera)
            log.warning("%s: %s.", what, trouble.reason, extra=told)
            self._has_reported = True
        self._conditions.report("camera", trouble.reason if trouble else None)
        for name, details in self._outage.events(trouble, time.monotonic()):
            self.announce(name, details)

    def _on_condition(self, state: Literal["online", "degraded"], reason: str | None) -> None:
        if not self._stopping.is_set():  # a read that comes back late must not overwrite the last word
            self._link.status(state, reason)

    def _take_snapshot(self, respond: Respond) -> None:
        if self._snapshots is None:
            respond(snapshotting.OFF)
        else:
            self._snapshots.ask(lambda outcome: respond(snapshotting.answer(outcome)))

    def _on_snapshot(self, saved: Saved) -> None:
        self._link.event(saved.stamp, "snapshot_saved", snapshotting.saved_details(saved))

    def _on_snapshot_failed(self, stamp: Stamp, face: Face, trigger: Trigger, error: SnapshotError) -> None:
        self._link.event(stamp, "snapshot_failed", snapshotting.failed_details(face, trigger, error))

    def _publish_info(self) -> None:
        self._link.info(facts(self._config, self._board, self._choice, self._vision, self._capture.format))
