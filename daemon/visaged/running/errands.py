"""The commands by name: what each of them does, and what it says in the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from visaged import __version__
from visaged.config import Loaded
from visaged.config.dumper import dump_facts
from visaged.config.keys import KEYS
from visaged.lifecycle import Lifecycle
from visaged.running.commands import Answer, Command, Commands, Publish, Respond
from visaged.running.kept import Kept
from visaged.running.link import Link
from visaged.running.request import CommandError
from visaged.running.verbosity import Verbosity

LEVEL = KEYS["log.level"]

SHORTEST_LIFE_S = 25.0
"""A restart that comes sooner may be the last one again; and systemd gives up after 20 starts in 10 minutes."""


class Obeying(Protocol):
    """What runs under one configuration, and does what concerns that."""

    def take_snapshot(self, respond: Respond) -> None:
        """Take all faces of the next frame."""

    def redetect(self) -> None:
        """Search the next frame for faces."""

    def publish_info(self) -> None:
        """Say again what runs here."""


class Errands:
    """What commands need beyond one app: the daemon's life, its log, and the answers of before.

    ``loaded`` is in force; ``report`` is called, from any thread, when that is no longer what ``in_force`` says, and
    ``publish`` with answers: over whichever connection there is by then, for a command may have changed it.
    ``is_supervised``: whether somebody starts the daemon again when it ends; ``clock`` gives monotonic seconds.
    """

    def __init__(
        self,
        lifecycle: Lifecycle,
        loaded: Loaded,
        report: Callable[[], None],
        publish: Publish,
        *,
        is_supervised: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept = Kept()
        self.verbosity = Verbosity(loaded.config.log.level)
        self._loaded = loaded
        self._report = report
        self._publish = publish
        self._lifecycle = lifecycle
        self._is_supervised = is_supervised
        self._clock = clock
        self._began = clock()

    def adopt(self, loaded: Loaded) -> None:
        """Another configuration is in force."""
        self._loaded = loaded
        self.verbosity.configure(loaded.config.log.level)

    def take_on(self, app: Obeying, link: Link, permitted: Collection[str]) -> Commands:
        """Commands that come over ``link``, obeyed by ``app`` where they concern what it runs."""
        commands = self._commands(app)
        return Commands(
            link.topics, link.encoding, commands, permitted=permitted, kept=self._kept, publish=self._publish
        )

    def _commands(self, app: Obeying) -> Mapping[str, Command]:
        return {
            "ping": Command(self._ping),
            "snapshot": Command(lambda _, respond: app.take_snapshot(respond)),
            "redetect": Command(lambda _, respond: self._redetect(app, respond)),
            "reload": Command(self._reload),
            "restart": Command(self._restart),
            "log-level": Command(lambda asked, respond: self._log_level(app, asked, respond), frozenset({"level"})),
            "get-config": Command(lambda _, respond: respond(Answer({"config": self.in_force()}))),
        }

    def in_force(self) -> dict[str, Any]:
        """The value of every key and where it came from, with secrets hidden."""
        facts = dump_facts(self._loaded)
        if self.verbosity.is_asked_for:
            asked = {"value": self.verbosity.level, "layer": "command", "where": "command/log-level"}
            facts[LEVEL.path] = asked
        return facts

    def _ping(self, _: Mapping[str, Any], respond: Respond) -> None:
        uptime_s = round(self._clock() - self._began, 1)
        respond(Answer({"version": __version__, "uptime_s": uptime_s, "utc": round(time.time(), 3)}))

    def _redetect(self, app: Obeying, respond: Respond) -> None:
        app.redetect()
        respond(Answer())

    def _reload(self, _: Mapping[str, Any], respond: Respond) -> None:
        def done(rejected: str | None) -> None:
            respond(Answer(error=None if rejected is None else ("config_rejected", rejected)))

        if not self._lifecycle.reload(done):
            raise CommandError("no_reload", "a daemon that was started on a terminal keeps its configuration")

    def _restart(self, _: Mapping[str, Any], respond: Respond) -> None:
        """The answer is on its way before the end, which waits until it has arrived."""
        if not self._is_supervised:
            raise CommandError("not_supervised", "nobody would start visaged again: it does not run under systemd")
        if self._clock() - self._began < SHORTEST_LIFE_S:
            raise CommandError("too_soon", f"visaged has started within the last {SHORTEST_LIFE_S:g} s")
        respond(Answer())
        self._lifecycle.end("a restart was asked for", is_order=True)

    def _log_level(self, app: Obeying, asked: Mapping[str, Any], respond: Respond) -> None:
        level = asked.get("level")
        try:
            self.verbosity.ask(None if level is None else LEVEL.convert(level))
        except ValueError as exc:
            raise CommandError("bad_request", str(exc)) from exc
        app.publish_info()
        self._report()
        respond(Answer({"level": self.verbosity.level, "until": "restart" if level else None}))
