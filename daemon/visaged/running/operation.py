"""What runs under the configuration in force: an app and a connection, and how another configuration takes over."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from typing import Any

from visaged import capturing, machine
from visaged.assembly import models_folder
from visaged.config import Config, Loaded, changed
from visaged.errors import BrokerError
from visaged.lifecycle import Lifecycle
from visaged.mqtt import payload
from visaged.remote.gates import Signs
from visaged.remote.report import forms
from visaged.running.app import App
from visaged.running.errands import Errands
from visaged.running.link import Link, terms
from visaged.running.outcome import Summary
from visaged.running.plan import needs_another_app
from visaged.systemd.supervision import Supervision

BROKER_STOP_S = 0.8
"""How long the end waits for a broker that hangs."""


class Operation:
    """Belongs to the main thread. ``max_frames``: end after so many processed frames; None: never.

    ``on_desired`` hears what is configured from afar: for whom, and the bytes. Raises ConfigError, ModelError or
    BrokerError where a part cannot be made.
    """

    def __init__(
        self,
        loaded: Loaded,
        max_frames: int | None,
        lifecycle: Lifecycle,
        supervision: Supervision,
        on_desired: Callable[[str, bytes], None],
        *,
        is_supervised: bool,
    ) -> None:
        self._config: Config = loaded.config
        self._max_frames = max_frames
        self._lifecycle = lifecycle
        self._supervision = supervision
        self._on_desired = on_desired
        self.link = self._make_link(loaded.config)
        self._errands = Errands(lifecycle, loaded, self._report_again, self._answer, is_supervised=is_supervised)
        self._reported: dict[str, Any] = {}
        self.app = App(loaded.config, max_frames, lifecycle, self.link, self._errands)
        self._past = Summary(0, 0, 0, 0.0, 0)

    def start(self) -> None:
        """Begin."""
        self.app.start()
        self.link.start()
        self._supervision.watch(self.app)

    def stop(self, last_word: payload.Message) -> None:
        """End, with ``last_word`` as the status."""
        self.app.stop()
        if last_word["state"] == "offline":
            # An error may come before the broker, who should hear of it.
            self.link.publisher.wait_connected(BROKER_STOP_S)
        self.link.stop(last_word, BROKER_STOP_S)

    def apply(self, loaded: Loaded) -> None:
        """Go over to ``loaded`` with as little interruption as its changes permit; new parts are whole before old ones
        end. Raises VisagedError where one cannot be made: then nothing has changed; EndingError where the daemon is
        asked to end before all is done: then ``stop`` is all that is left to do."""
        config = loaded.config
        applies = {key.use.applies for key in changed(self._config, config)}
        if "source" in applies:
            capturing.check(config.source, models_folder(config.model))
        link = self.link if terms(config) == self.link.terms else self._make_link(config)
        if link is self.link and config == self._config and not self.app.has_ended:
            self._errands.adopt(loaded)
        elif needs_another_app(self._config, config) or self.app.has_ended:
            left = None if self._max_frames is None else self._max_frames - self._frames()
            app = App(config, left, self._lifecycle, link, self._errands)
            self._errands.adopt(loaded)
            self._go_over(app, link)
        else:
            plan = self.app.plan(config)
            self._errands.adopt(loaded)
            self._change_link(link)
            self.app.adopt(plan, link)
        if applies - {"live"}:
            gc.collect()  # what went before, which its callbacks hold on to
            machine.release_memory()
        self._config = config

    def judge(self, trouble: str | None) -> None:
        """Say with the status what is wrong with the configuration, None: nothing is."""
        self.app.judge_configuration(trouble)

    def unkept(self, trouble: str | None) -> None:
        """Say with the status why a restart will not find what is in force, None: it will."""
        self.app.report_storage(trouble)

    def signs(self) -> Signs:
        """How it goes now."""
        app = self.app
        return Signs(time.monotonic(), self._frames(), app.latency_ms, app.camera_trouble, self.link.trouble)

    def forget_latency(self) -> None:
        """Measure the latency anew from here on."""
        self.app.forget_latency()

    def announce(self, name: str, details: Mapping[str, Any]) -> None:
        """Publish an event."""
        self.app.announce(name, details)

    def publish(self, message: dict[str, Any]) -> None:
        """Publish what is reported of the configuration from afar, with what is really in force; not where nothing is
        wanted from afar, for then nobody there need know it."""
        self._reported = message
        self._report_again()

    def fail(self, error: Exception) -> None:
        """End, for there is no configuration to go on with."""
        self._lifecycle.end("no configuration is left to go on with", error)

    def summary(self, seconds: float) -> Summary:
        """Of the apps so far."""
        past, counts = self._past, self.app.counts
        return Summary(
            self._frames(),
            past.skipped + counts.skipped,
            past.with_face + counts.with_face,
            seconds,
            self.link.publisher.stats.dropped_frames,
        )

    def _report_again(self) -> None:
        if self._reported:
            effective = self._errands.in_force() if self._config.remote.enabled else None
            self.link.reported(*forms(self._reported | {"effective": effective}))

    def _answer(self, topic: str, told: bytes, correlation: bytes | None, shorter: bytes) -> None:
        self.link.publisher.publish_answer(topic, told, correlation, shorter)

    def _go_over(self, app: App, link: Link) -> None:
        self.app.stop()
        self._lifecycle.go_on()
        self._past = self.summary(0.0)
        self._change_link(link)
        self.app = app
        app.start()
        self._supervision.watch(app)

    def _change_link(self, link: Link) -> None:
        """The broker must have seen the last of the old connection before the new one comes with the same client id."""
        if link is not self.link:
            self._lifecycle.go_on()
            self.link.stop(payload.status("stopped", "the configuration has changed", time.time()), BROKER_STOP_S)
            link.start()
            self.link = link

    def _make_link(self, config: Config) -> Link:
        return Link(terms(config), self._on_link_failed, self._on_desired)

    def _on_link_failed(self, sentence: str) -> None:
        self._lifecycle.end("the MQTT thread died", BrokerError(sentence))

    def _frames(self) -> int:
        return self._past.frames + self.app.counts.processed
