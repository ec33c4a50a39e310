"""The composition root: makes every part of the daemon from one configuration, starts them, exchanges those for which
another configuration asks, and stops them."""

from __future__ import annotations

import logging
import math
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from visaged import capturing
from visaged.assembly import Vision, models_folder
from visaged.board import files
from visaged.board.board import read_board, settle_on
from visaged.config import Config, changed
from visaged.errors import BrokerError
from visaged.lifecycle import Lifecycle
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.payload import Stamp
from visaged.pipeline import Counts, Outlets, Pipeline
from visaged.progress import Progress
from visaged.restraint import Restraint
from visaged.running.back_pressure import BackPressure
from visaged.running.commands import Commands, Respond
from visaged.running.conditions import Conditions
from visaged.running.errands import Errands
from visaged.running.facts import facts
from visaged.running.heat_stage import HeatStage
from visaged.running.link import Link
from visaged.running.pipelining import first_parts, next_parts
from visaged.running.plan import Plan
from visaged.running.snapshot_stage import SnapshotStage
from visaged.running.source_stage import Hearers, SourceStage
from visaged.running.vitals import Vitals
from visaged.sources.faults import Trouble
from visaged.stages import StageTimes
from visaged.tuning.here import open_chosen
from visaged.urls import redact

log = logging.getLogger("visaged")

PIPELINE_STOP_S = 0.4
"""How long the end waits for a slow network; with the source and the snapshots it is 1 s together."""

STARTING = "starting"


class App:
    """What runs under one configuration, apart from the connection to the broker, which is ``link``'s.

    ``max_frames``: end after so many processed frames; None: never. Raises ConfigError or ModelError where a part
    cannot be made, EndingError where the daemon is asked to end meanwhile.
    """

    def __init__(
        self, config: Config, max_frames: int | None, lifecycle: Lifecycle, link: Link, errands: Errands
    ) -> None:
        self._config = config
        self._errands = errands
        self._lifecycle = lifecycle
        self._link = link
        self._stopping = threading.Event()
        self.has_ended = False
        self._has_reported = False
        self._outage = capturing.Outage()
        self._times = StageTimes()
        self.progress = Progress()
        self._back_pressure = BackPressure(self.progress, self._stopping)
        self._board = read_board(files.root())
        settle_on(self._board)
        self._choice, self._vision = lifecycle.prepare(partial(open_chosen, config, self._board))
        self._boot_id = secrets.token_hex(3)
        self._conditions = Conditions({"camera": STARTING}, self._on_condition)
        self._snapshots = lifecycle.prepare(partial(self._make_snapshots, config, self._vision))
        self._commands = self._make_commands(link)
        self._restraint = Restraint()
        self._source = self._make_source(config)
        self._heat = HeatStage(self._board, self._restraint, partial(self._conditions.report, "heat"), self.announce)
        self._heat.adopt(config.thermal, may_leave_out=not self._source.is_played_in_full)
        self._pipeline = Pipeline(
            self._source.mailbox,
            first_parts(config, self._vision, self._outlets(), self._snapshots.observer),
            self._times,
            boot_id=self._boot_id,
            max_frames=max_frames,
            progress=self.progress,
            restraint=self._restraint,
        )
        self._pipeline_thread: threading.Thread | None = None
        self._vitals = self._make_vitals()

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
    def camera_trouble(self) -> str | None:
        """Why no frames come; None where they do."""
        return self._conditions.of("camera")

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
        self.publish_info()
        self._link.attach(self)
        self._snapshots.start(self._lifecycle)
        self._heat.start(self._lifecycle)
        self._pipeline_thread = self._lifecycle.thread("pipeline", self._run_pipeline)

    def stop(self) -> None:
        """End what was started and say nothing more; back within a second, even where a read or a write hangs."""
        self._stopping.set()
        self._heat.stop()
        self._pipeline.stop()
        self._source.stop()
        if self._pipeline_thread is not None:
            self._pipeline_thread.join(PIPELINE_STOP_S)
        self._snapshots.stop()

    def plan(self, config: Config) -> Plan:
        """Make what ``config`` asks for anew, while all goes on as it is.

        ``config`` is one that needs no other app (see ``needs_another_app``). Raises ModelError or ConfigError where a
        part cannot be made, EndingError where the daemon is asked to end; nothing has changed then.
        """
        return self._lifecycle.prepare(partial(self._plan, config))

    def adopt(self, plan: Plan, link: Link) -> None:
        """Go over to what was planned, with the next frame; stages that nothing has changed for go on."""
        self._config = plan.config
        self._choice, self._vision = plan.choice, plan.vision
        if link is not self._link:
            self._adopt_link(link)
        source = self._make_source(plan.config) if "source" in plan.applies else self._source
        parts = replace(plan.parts, outlets=self._outlets(), observer=plan.snapshots.observer)
        self._pipeline.adopt(parts, source.mailbox)
        self._adopt_snapshots(plan.snapshots)
        self._adopt_source(source)
        self._heat.adopt(plan.config.thermal, may_leave_out=not source.is_played_in_full)
        self._vitals = self._make_vitals(self._vitals.due)
        self.publish_info()

    def forget_latency(self) -> None:
        """Measure the stages anew from here on."""
        self._times.forget()

    def judge_configuration(self, rejected: str | None) -> None:
        """Say with the status why a new configuration is not in force, None: there is no such."""
        self._conditions.report("configuration", rejected)

    def report_storage(self, trouble: str | None) -> None:
        """Say with the status why the disk does not hold what it should, None: it does."""
        self._conditions.report("storage", trouble)

    def announce(self, name: str, details: Mapping[str, Any]) -> None:
        """An event that is of no frame."""
        stamp = Stamp(self.counts.processed, self._boot_id, time.time(), time.monotonic())
        self._link.event(stamp, name, details)

    def receive(self, message: Incoming) -> None:
        """A command has come."""
        self._commands.receive(message)

    def take_snapshot(self, respond: Respond) -> None:
        """Take all faces of the next frame, and say where they are kept."""
        self._snapshots.take(respond)

    def redetect(self) -> None:
        """Search the next frame for faces, whatever is tracked."""
        self._pipeline.parts.tracker.redetect()

    def publish_info(self) -> None:
        """Say what runs here."""
        known = facts(self._config, self._board, self._choice, self._vision, self._source.format)
        level, permitted = self._errands.verbosity.level, self._commands.permitted
        self._link.info(replace(known, log_level=level, commands=permitted))

    def subscribed(self, denied: str | None) -> None:
        """The broker lets commands and configuration through, or ``denied`` says why not."""
        self._conditions.report("commands", denied and f"not all is received: {denied}")

    def limited(self, sentence: str | None) -> None:
        """The broker takes all that is published (None), or ``sentence`` says what it does not take."""
        self._conditions.report("broker", sentence)

    def attend(self) -> float:
        """Publish ``health`` where it is time to; gives the seconds until it is again. Belongs to one thread."""
        return self._vitals.attend()

    def _plan(self, config: Config) -> Plan:
        applies = frozenset(key.use.applies for key in changed(self._config, config))
        choice, vision = self._choice, self._vision.tuned(config)
        if "vision" in applies:
            choice, vision = open_chosen(config, self._board)
        snapshots = self._snapshots
        if applies & {"vision", "source", "snapshot"}:
            snapshots = self._make_snapshots(config, vision)
        parts = next_parts(self._pipeline.parts, self._config, config, vision, applies)
        return Plan(config, applies, choice, vision, snapshots, parts)

    def _outlets(self) -> Outlets:
        link = self._link
        return Outlets(link.topics, link.encoding, self._publish_frame, link.publisher.publish_event)

    def _adopt_link(self, link: Link) -> None:
        self._link = link
        self._commands = self._make_commands(link)
        reason = self._conditions.reason
        link.status("degraded" if reason else "online", reason)
        link.attach(self)

    def _adopt_source(self, source: SourceStage) -> None:
        """A camera is let go of before it is opened anew."""
        if source is not self._source:
            before, self._source = self._source, source
            self._conditions.report("camera", STARTING)
            before.stop()
            source.start()

    def _adopt_snapshots(self, snapshots: SnapshotStage) -> None:
        if snapshots is not self._snapshots:
            before, self._snapshots = self._snapshots, snapshots
            before.stop()
            self._conditions.report("snapshots", None)
            snapshots.start(self._lifecycle)

    def _make_vitals(self, due: float = math.inf) -> Vitals:
        return Vitals(
            self.counts,
            self._times,
            self._link,
            self._config.mqtt.health_interval_s,
            due,
            commands=self._commands if self._config.mqtt.commands else None,
            snapshots=self._snapshots.service,
            cooling=self._heat.cooling,
        )

    def _make_commands(self, link: Link) -> Commands:
        mqtt = self._config.mqtt
        return self._errands.take_on(self, link, mqtt.permitted.split() if mqtt.commands else [])

    def _make_snapshots(self, config: Config, vision: Vision) -> SnapshotStage:
        return SnapshotStage(
            config.snapshot,
            vision,
            partial(self._conditions.report, "snapshots"),
            self._event,
            device=self._link.topics.device,
            source=redact(config.source.uri),
        )

    def _make_source(self, config: Config) -> SourceStage:
        hearers = Hearers(self.publish_info, self._on_source, self.announce, self._wait_for_broker)
        return SourceStage(config.source, models_folder(config.model), self._outage, self.progress, hearers)

    def _run_pipeline(self) -> None:
        try:
            self._source.start()
            reason = self._pipeline.run()
        finally:
            self.has_ended = True
        if self._stopping.is_set():
            return  # this app ends, and the daemon may well go on with another
        if self._source.error is not None:
            self._lifecycle.end("the capture thread died", self._source.error)
        else:
            self._lifecycle.end(reason, self._undelivered())

    def _undelivered(self) -> BrokerError | None:
        """A file that was played to nobody has failed, however well it was played."""
        if not self._source.is_file or self._link.welcomed.is_set():
            return None
        return BrokerError(f"none of the {self.counts.processed} frames reached a broker: {self._link.trouble}")

    def _wait_for_broker(self) -> None:
        if not self._link.welcomed.is_set():
            self._link.publisher.wait_connected(self._config.mqtt.connect_timeout_s)

    def _publish_frame(self, topic: str, message: bytes) -> None:
        if self._source.is_played_in_full:
            self._back_pressure.wait(self._link.publisher)
        self._link.publisher.publish_frame(topic, message)

    def _on_source(self, trouble: Trouble | None) -> None:
        self._has_reported |= trouble is not None
        self._conditions.report("camera", trouble.reason if trouble else None)

    def _on_condition(self, state: Literal["online", "degraded"], reason: str | None) -> None:
        if not self._stopping.is_set():  # a read that comes back late must not overwrite the last word
            self._link.status(state, reason)

    def _event(self, stamp: Stamp, name: str, details: Mapping[str, Any]) -> None:
        self._link.event(stamp, name, details)
