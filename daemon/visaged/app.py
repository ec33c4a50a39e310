"""The composition root: makes every part of the daemon from the configuration, runs them, and takes them down."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import onnxruntime

from visaged import __version__, machine
from visaged.config import Config
from visaged.config.schema import MqttSection
from visaged.errors import BrokerError, ConfigError
from visaged.lifecycle import Ending, Lifecycle
from visaged.mqtt import payload
from visaged.mqtt.client import Publisher
from visaged.mqtt.codec import encode
from visaged.mqtt.device import default_device_id
from visaged.mqtt.payload import Health, Info, Percentiles
from visaged.mqtt.settings import BrokerSettings
from visaged.mqtt.topics import Topics
from visaged.pipeline import Outlets, Pipeline
from visaged.sources.capture import Capture
from visaged.sources.mailbox import Mailbox
from visaged.sources.opener import is_live, open_source
from visaged.stages import Rate, StageTimes
from visaged.urls import redact
from visaged.vision.assembly import Vision, open_vision

log = logging.getLogger("visaged")

STOP_TIMEOUT_S = 1.0
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
        mqtt, source = config.mqtt, config.source
        self._config = config
        self._health_interval_s = mqtt.health_interval_s
        self._whole_file = not is_live(source.uri) and source.pace == "fast"
        self._boot_id = secrets.token_hex(3)
        self._times = StageTimes()
        self._lifecycle = Lifecycle()
        self._vision = open_vision(config)
        device = config.device.id or default_device_id()
        self._topics = Topics(mqtt.topic_root, device)
        will = self._topics.status, self._encode(payload.status("offline", "connection lost", None))
        self._publisher = Publisher(
            _broker_settings(mqtt, device), will, on_failed=partial(self._lifecycle.end, "the MQTT thread died")
        )
        mailbox = Mailbox()
        opener = partial(open_source, source.uri, source.width, source.height, source.fps)
        self._capture = Capture(
            opener, source.pace, source.loop, source.retry_min_s, source.retry_max_s, mailbox, self._on_source
        )
        outlets = Outlets(self._topics, mqtt.format, self._publish_frame, self._publisher.publish_event)
        self._pipeline = Pipeline(
            mailbox, self._vision.tracker(), outlets, self._times, self._boot_id, mqtt.landmarks, max_frames
        )
        self._mailbox = mailbox

    def run(self) -> Summary:
        """Run until a signal, the end of the source, ``max_frames``, or an error.

        Raises what a thread died of, and BrokerError where a file was played to a broker that was never there.
        """
        began = time.monotonic()
        with self._lifecycle.signals():
            self._publish_status("degraded", "starting")
            self._publish_state(self._topics.info, payload.info(_facts(self._config, self._vision)))
            self._publisher.start()
            if not self._capture_is_live:
                self._publisher.wait_connected(self._config.mqtt.connect_timeout_s)
            self._capture.start()
            self._lifecycle.thread("pipeline", self._run_pipeline)
            ending = self._wait()
        self._shut_down(ending)
        return self._summary(time.monotonic() - began)
