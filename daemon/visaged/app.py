"""The composition root: makes every part of the daemon from the configuration, runs them, and takes them down."""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, Literal

from visaged import machine, snapshotting
from visaged.assembly import models_folder, open_vision
from visaged.backoff import Backoff
from visaged.broker import broker_settings
from visaged.commands import Commands, Respond
from visaged.conditions import Conditions
from visaged.config import Config
from visaged.config.schema import MqttSection, SourceSection
from visaged.errors import BrokerError, SnapshotError, VisagedError
from visaged.facts import facts
from visaged.lifecycle import Ending, Lifecycle
from visaged.mqtt import payload
from visaged.mqtt.client import Publisher
from visaged.mqtt.codec import encode
from visaged.mqtt.device import default_device_id
from visaged.mqtt.incoming import Inbound, Incoming
from visaged.mqtt.payload import Stamp
from visaged.mqtt.topics import Topics
from visaged.pipeline import Outlets, Pipeline
from visaged.snapshots.request import Saved
from visaged.snapshots.service import Listeners, Snapshots
from visaged.snapshots.triggers import Trigger
from visaged.sources.base import Source
from visaged.sources.capture import Capture
from visaged.sources.mailbox import Mailbox
from visaged.sources.opener import is_live, open_source
from visaged.stages import StageTimes
from visaged.urls import redact
from visaged.values import Face
from visaged.vitals import Vitals

log = logging.getLogger("visaged")

CAPTURE_STOP_S, PIPELINE_STOP_S, SNAPSHOTS_STOP_S, BROKER_STOP_S = 0.3, 0.4, 0.3, 0.8
"""How long the end waits for each: a stalled stream, slow network and disk, and a broker that hangs: 1.8 s together."""

BACK_PRESSURE_S = 0.002
"""How long a file that is processed in full waits before it looks again whether the broker has caught up."""

BACK_PRESSURE_LIMIT = 8


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to: frames processed, left out and with a face; seconds; messages the broker never got."""

    frames: int
    skipped: int
    with_face: int
    seconds: float
    dropped: int


class App:
    """One daemon. ``run`` blocks until it ends.

    ``max_frames``: end after so many processed frames; None: never. Raises ConfigError, ModelError or BrokerError where
    a part cannot be made.
    """

    def __init__(self, config: Config, max_frames: int | None) -> None:
        self._config = config
        self._is_file = not is_live(config.source.uri)
        self._lifecycle = Lifecycle()
        self._stopping = threading.Event()
        self._welcomed = threading.Event()
        self._has_waited = False
        self._times = StageTimes()
        self._vision = open_vision(config)
        device = config.device.id or default_device_id()
        self._topics = Topics(config.mqtt.topic_root, device)
        self._conditions = Conditions({"camera": "starting"}, self._on_condition)
        self._snapshots = self._make_snapshots(device) if config.snapshot.enabled else None
        self._publisher = self._make_publisher(config.mqtt, device)
        self._commands = Commands(
            self._topics, config.mqtt.format, {"snapshot": self._take_snapshot}, self._publisher.publish_answer
        )
        mailbox = Mailbox()
        self._capture = self._make_capture(config.source, mailbox)
        self._pipeline = Pipeline(
            mailbox,
            self._vision.tracker(),
            Outlets(self._topics, config.mqtt.format, self._publish_frame, self._publisher.publish_event),
            self._times,
            boot_id=secrets.token_hex(3),
            with_landmarks=config.mqtt.landmarks,
            occlusion=self._vision.occlusion() if config.mqtt.landmarks else None,
            max_frames=max_frames,
            smoother=self._vision.live_smoother(),
            clock=attrgetter("t" if self._is_file else "mono"),
            with_raw=config.smooth.raw,
            observer=self._snapshots.observe if self._snapshots else None,
        )

    def run(self) -> Summary:
        """Run until a signal, the end of the source or ``max_frames``.

        Raises VisagedError with what a thread died of, BrokerError where a file was played to its end and the broker
        was never there.
        """
        began = time.monotonic()
        with self._lifecycle.signals():
            self._publish_status("degraded", "starting")
            self._publish_info()
            self._publisher.start()
            snapshots = self._start_snapshots()
            pipeline = self._lifecycle.thread("pipeline", self._run_pipeline)
            ending = self._publish_health_until_the_end()
            self._shut_down(ending, pipeline, snapshots)
        if ending.error is not None:
            raise _explained(ending.reason, ending.error)
        return self._summary(time.monotonic() - began)

    def _make_publisher(self, mqtt: MqttSection, device: str) -> Publisher:
        will = self._topics.status, encode(payload.status("offline", "connection lost", None), mqtt.format)
        settings = broker_settings(mqtt, f"visaged-{device}")
        inbound = Inbound((self._topics.commands,), self._on_command, self._on_subscribed) if mqtt.commands else None
        return Publisher(settings, will, self._welcomed.set, self._on_publisher_failed, inbound)

    def _make_snapshots(self, device: str) -> Snapshots:
        listeners = Listeners(
            saved=self._on_snapshot,
            failed=self._on_snapshot_failed,
            trouble=partial(self._conditions.report, "snapshots"),
        )
        source = redact(self._config.source.uri)
        return snapshotting.open_snapshots(self._config.snapshot, self._vision, listeners, device=device, source=source)

    def _start_snapshots(self) -> threading.Thread | None:
        """The thread that writes snapshots, None where they are off; and one that knows when it hangs."""
        if self._snapshots is None:
            return None
        self._lifecycle.thread("snapshot watch", self._snapshots.watch)
        return self._lifecycle.thread("snapshots", self._snapshots.run)

    def _make_capture(self, source: SourceSection, mailbox: Mailbox) -> Capture:
        return Capture(
            self._open_source,
            pace=source.pace,
            loop=source.loop,
            backoff=Backoff(source.retry_min_s, source.retry_max_s, random.Random()),
            mailbox=mailbox,
            on_state=self._on_source,
        )

    def _open_source(self) -> Source:
        """The source, opened. A file does not run away from a broker that is about to welcome us for the first time."""
        wanted = self._config.source
        models = models_folder(self._config.model)
        source = open_source(wanted.uri, wanted.width, wanted.height, wanted.fps, models)
        if self._is_file and not self._has_waited:
            self._has_waited = True
            self._publisher.wait_connected(self._config.mqtt.connect_timeout_s)
        return source

    def _run_pipeline(self) -> None:
        self._capture.start()
        reason = self._pipeline.run()
        if self._capture.error is not None:
            self._lifecycle.end("the capture thread died", self._capture.error)
        else:
            self._lifecycle.end(reason, self._undelivered())

    def _undelivered(self) -> BrokerError | None:
        """A file that was played to nobody has failed, however well it was played."""
        if not self._is_file or self._welcomed.is_set():
            return None
        cause = self._publisher.stats.last_error or "no broker has answered yet"
        return BrokerError(f"none of the {self._pipeline.counts.processed} frames reached a broker: {cause}")

    def _publish_health_until_the_end(self) -> Ending:
        commands = self._commands if self._config.mqtt.commands else None
        vitals = Vitals(self._pipeline.counts, self._times, self._publisher, commands, self._snapshots)
        while True:
            ending = self._lifecycle.wait(self._config.mqtt.health_interval_s)
            if ending is not None:
                return ending
            machine.release_memory()
            health = payload.health(vitals.measure(), time.time())
            self._publisher.publish_frame(self._topics.health, self._encode(health))

    def _publish_frame(self, topic: str, message: bytes) -> None:
        """Frames of a file that is processed in full wait until a broker that is there has caught up."""
        if self._is_file and self._config.source.pace == "fast":
            while self._is_behind() and not self._stopping.wait(BACK_PRESSURE_S):
                pass
        self._publisher.publish_frame(topic, message)

    def _is_behind(self) -> bool:
        broker = self._publisher.stats
        return broker.connected and broker.backlog > BACK_PRESSURE_LIMIT

    def _on_source(self, state: Literal["open", "waiting"], reason: str | None) -> None:
        if state == "open":
            log.info("Frames arrive from %s.", redact(self._config.source.uri))
            self._publish_info()
            self._conditions.report("camera", None)
            return
        log.warning("No frames: %s.", reason)
        self._conditions.report("camera", reason)

    def _on_condition(self, state: Literal["online", "degraded"], reason: str | None) -> None:
        if not self._stopping.is_set():  # a read that comes back late must not overwrite the last word
            self._publish_status(state, reason)

    def _on_command(self, message: Incoming) -> None:
        self._commands.receive(message)

    def _on_subscribed(self, denied: str | None) -> None:
        if denied is not None:
            log.warning("No commands are received: %s", denied)
        self._conditions.report("commands", denied and f"no commands are received: {denied}")

    def _take_snapshot(self, respond: Respond) -> None:
        if self._snapshots is None:
            respond(snapshotting.OFF)
        else:
            self._snapshots.ask(lambda outcome: respond(snapshotting.answer(outcome)))

    def _on_snapshot(self, saved: Saved) -> None:
        self._publish_event(saved.stamp, "snapshot_saved", snapshotting.saved_details(saved))

    def _on_snapshot_failed(self, stamp: Stamp, face: Face, trigger: Trigger, error: SnapshotError) -> None:
        self._publish_event(stamp, "snapshot_failed", snapshotting.failed_details(face, trigger, error))

    def _on_publisher_failed(self, sentence: str) -> None:
        self._lifecycle.end("the MQTT thread died", BrokerError(sentence))

    def _publish_info(self) -> None:
        info = facts(self._config, self._vision, self._capture.format)
        self._publish_state(self._topics.info, payload.info(info))

    def _publish_status(self, state: payload.State, reason: str | None) -> None:
        self._publish_state(self._topics.status, payload.status(state, reason, time.time()))

    def _publish_state(self, topic: str, message: payload.Message) -> None:
        self._publisher.publish_state(topic, self._encode(message))

    def _publish_event(self, stamp: Stamp, name: str, details: Mapping[str, Any]) -> None:
        self._publisher.publish_event(self._topics.event, self._encode(payload.event(stamp, name, details)))

    def _encode(self, message: payload.Message) -> bytes:
        return encode(message, self._config.mqtt.format)

    def _shut_down(self, ending: Ending, pipeline: threading.Thread, snapshots: threading.Thread | None) -> None:
        log.info("Stopping: %s.", ending.reason)
        self._stopping.set()
        self._pipeline.stop()
        self._capture.stop(CAPTURE_STOP_S)
        pipeline.join(PIPELINE_STOP_S)
        if self._snapshots is not None and snapshots is not None:
            self._snapshots.stop()
            snapshots.join(SNAPSHOTS_STOP_S)
            self._snapshots.dismiss()
        last_word = payload.status("stopped", ending.reason, time.time())
        if ending.error is not None:
            last_word = payload.status("offline", f"{ending.reason}: {ending.error}", time.time())
            self._publisher.wait_connected(BROKER_STOP_S)  # an error may come before the broker, who should hear of it
        self._publisher.stop((self._topics.status, self._encode(last_word)), BROKER_STOP_S)

    def _summary(self, seconds: float) -> Summary:
        counts = self._pipeline.counts
        dropped = self._publisher.stats.dropped_frames
        return Summary(counts.processed, counts.skipped, counts.with_face, seconds, dropped)


def _explained(reason: str, error: BaseException) -> VisagedError:
    """What ended the daemon, in one sentence; where it happened only where the log asks for that much."""
    if isinstance(error, VisagedError):
        return error
    log.debug("%s", reason, exc_info=error)
    what = str(error).partition("\n")[0]
    return VisagedError(f"{reason} of {type(error).__name__}: {what}; --set log.level=debug shows where")
