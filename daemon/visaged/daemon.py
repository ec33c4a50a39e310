"""One process: runs the app of the configuration in force, and goes over to the next when that changes."""

from __future__ import annotations

import gc
import logging
import time

from visaged import machine
from visaged.app import App, needs_another_app
from visaged.config import Loaded
from visaged.errands import Errands
from visaged.errors import BrokerError, VisagedError
from visaged.lifecycle import Change, Ending, Lifecycle
from visaged.link import Link, terms
from visaged.mqtt import payload
from visaged.outcome import Summary, explained, said
from visaged.systemd.journal import fields
from visaged.systemd.notify import Notifier
from visaged.systemd.supervision import Supervision

log = logging.getLogger("visaged")

BROKER_STOP_S = 0.8
"""How long the end waits for a broker that hangs."""


class Daemon:
    """``run`` blocks until the end. ``max_frames``: end after so many processed frames; None: never.

    ``lifecycle`` tells it when to change or to end. Raises ConfigError, ModelError or BrokerError where a part cannot
    be made.
    """

    def __init__(self, loaded: Loaded, max_frames: int | None, lifecycle: Lifecycle) -> None:
        self._config = config = loaded.config
        self._max_frames = max_frames
        self._lifecycle = lifecycle
        self._notifier = Notifier()
        self._supervision = Supervision(self._notifier)
        self._link = Link(terms(config), self._on_link_failed)
        self._errands = Errands(self._lifecycle, loaded, is_supervised=self._notifier.is_heard)
        self._app = App(config, max_frames, self._lifecycle, self._link, self._errands)
        self._past = Summary(0, 0, 0, 0.0, 0)

    def run(self) -> Summary:
        """Run until ``lifecycle`` says that it is over, as after a signal, the end of the source or ``max_frames``.

        Raises VisagedError with what a thread died of, BrokerError where a file was played to its end and the broker
        was never there.
        """
        began = time.monotonic()
        self._lifecycle.begin()
        self._app.start()
        self._link.start()
        self._supervision.watch(self._app)
        ending = self._attend_until_the_end()
        self._shut_down(ending)
        if ending.error is not None:
            raise explained(ending.reason, ending.error)
        return self._summary(time.monotonic() - began)

    def _attend_until_the_end(self) -> Ending:
        while True:
            request = self._lifecycle.wait(min(self._app.attend(), self._supervision.tick_s))
            if isinstance(request, Ending):
                return request
            if request is not None:
                self._change(request)
            self._supervision.look()

    def _change(self, change: Change) -> None:
        """Go over to another configuration, or say why not; a new app is whole before the old one ends."""
        self._notifier.reloading()
        rejected = None
        try:
            self._apply(change.load())
        except VisagedError as exc:
            rejected = "; ".join(str(exc).splitlines())
            self._reject(rejected)
        self._notifier.ready()
        if change.done is not None:
            change.done(rejected)

    def _apply(self, loaded: Loaded) -> None:
        config, asked = loaded.config, terms(loaded.config)
        link = self._link if asked == self._link.terms else Link(asked, self._on_link_failed)
        if link is self._link and config == self._config:
            log.info("The configuration has not changed.")
            self._errands.adopt(loaded)
            self._app.judge_configuration(None)
            return
        if needs_another_app(self._config, config) or not self._app.is_running:
            left = None if self._max_frames is None else self._max_frames - self._frames()
            app = App(config, left, self._lifecycle, link, self._errands)
            if self._lifecycle.is_ending:  # since; the old app can do that sooner
                return
            self._errands.adopt(loaded)
            self._go_over(app, link)
        else:
            plan = self._app.plan(config)
            self._errands.adopt(loaded)
            self._change_link(link)
            self._app.adopt(plan, link)
        self._config = config
        gc.collect()  # what went before, which its callbacks hold on to
        machine.release_memory()
        log.info("The new configuration is in force.", extra=fields(event="config_applied"))
        self._app.judge_configuration(None)
        self._app.announce("config_applied", {})

    def _go_over(self, app: App, link: Link) -> None:
        self._app.stop()
        self._past = self._summary(0.0)
        self._change_link(link)
        self._app = app
        app.start()
        self._supervision.watch(app)

    def _change_link(self, link: Link) -> None:
        """The broker must have seen the last of the old connection before the new one comes with the same client id."""
        if link is not self._link:
            self._link.stop(payload.status("stopped", "the configuration has changed", time.time()), BROKER_STOP_S)
            link.start()
            self._link = link

    def _reject(self, reason: str) -> None:
        noted = fields(event="config_rejected", reason=reason)
        log.error("The new configuration is rejected, the one before stays in force: %s", reason, extra=noted)
        self._app.judge_configuration(f"the new configuration is rejected: {reason}")
        self._app.announce("config_rejected", {"error": reason})

    def _on_link_failed(self, sentence: str) -> None:
        self._lifecycle.end("the MQTT thread died", BrokerError(sentence))

    def _shut_down(self, ending: Ending) -> None:
        log.info("Stopping: %s.", ending.reason, extra=fields(state="stopping", reason=ending.reason))
        self._notifier.stopping(ending.reason)
        self._app.stop()
        last_word = payload.status("stopped", ending.reason, time.time())
        if ending.error is not None:
            last_word = payload.status("offline", f"{ending.reason}: {said(ending.error)}", time.time())
            # An error may come before the broker, who should hear of it.
            self._link.publisher.wait_connected(BROKER_STOP_S)
        self._link.stop(last_word, BROKER_STOP_S)

    def _frames(self) -> int:
        return self._past.frames + self._app.counts.processed

    def _summary(self, seconds: float) -> Summary:
        """Of the apps so far."""
        past, counts = self._past, self._app.counts
        return Summary(
            self._frames(),
            past.skipped + counts.skipped,
            past.with_face + counts.with_face,
            seconds,
            self._link.publisher.stats.dropped_frames,
        )
