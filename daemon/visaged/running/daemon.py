"""One process: runs what the configuration in force asks for, and goes over to another when that changes."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from functools import partial

from visaged import state
from visaged.errors import VisagedError
from visaged.lifecycle import Change, Ending, EndingError, Lifecycle, Task
from visaged.mqtt import payload
from visaged.remote.boot import Start
from visaged.remote.desired import Terms
from visaged.remote.inbox import Inbox
from visaged.remote.layer import Load
from visaged.remote.reader import Outcome, Reader
from visaged.remote.service import Remote
from visaged.remote.storage import Storage
from visaged.running.operation import Operation
from visaged.running.outcome import Summary, explained, said
from visaged.systemd.journal import fields
from visaged.systemd.notify import Notifier
from visaged.systemd.supervision import Supervision

log = logging.getLogger("visaged")


class Daemon:
    """``run`` blocks until the end. ``max_frames``: end after so many processed frames; None: never.

    ``load`` reads the configuration again; ``lifecycle`` tells it when to change or to end. Raises ConfigError,
    ModelError or BrokerError where a part cannot be made.
    """

    def __init__(
        self, start: Start, load: Load, storage: Storage, max_frames: int | None, lifecycle: Lifecycle
    ) -> None:
        self._lifecycle = lifecycle
        self._notifier = Notifier()
        self._supervision = Supervision(self._notifier)
        self._inbox = Inbox()
        self._start = start
        self._operation = Operation(
            start.loaded,
            max_frames,
            self._lifecycle,
            self._supervision,
            self._inbox.put,
            is_supervised=self._notifier.is_heard,
        )
        self._remote = Remote(self._operation, self._inbox, load, storage, start, state=state.folder())
        self._reader = Reader(self._inbox, self._terms, self._hand_over)

    def run(self) -> Summary:
        """Run until ``lifecycle`` says that it is over, as after a signal, the end of the source or ``max_frames``.

        Raises VisagedError with what a thread died of, BrokerError where a file was played to its end and the broker
        was never there.
        """
        began = time.monotonic()
        self._lifecycle.begin()
        self._operation.start()
        self._say_where_we_stand()
        self._lifecycle.thread("remote", self._reader.run)
        ending = self._attend_until_the_end()
        self._shut_down(ending)
        if ending.error is not None:
            raise explained(ending.reason, ending.error)
        return self._operation.summary(time.monotonic() - began)

    def _terms(self) -> Terms:
        keys = self._remote.config.remote.public_keys_file
        return Terms(self._operation.link.topics.device, state.folder(), keys)

    def _hand_over(self, origin: str, data: bytes, outcome: Outcome) -> None:
        self._lifecycle.call(partial(self._remote.receive, origin, data, outcome))

    def _say_where_we_stand(self) -> None:
        start = self._start
        if start.reason is not None:
            log.warning("Not what is wanted is in force: %s.", start.reason, extra=fields(state=start.state))
        if start.state == "safe_mode":
            self._operation.judge(f"safe mode: {start.reason}")
        self._remote.tell()

    def _attend_until_the_end(self) -> Ending:
        while True:
            with suppress(EndingError):  # what was being done is left, for what it is left for
                request = self._lifecycle.wait(0.0 if self._lifecycle.is_ending else self._attend())
                if isinstance(request, Ending):
                    if request.is_order or not (self._remote.is_on_trial and self._operation.app.has_ended):
                        return request
                    self._remote.revert("run", said(request.error) if request.error else request.reason)
                elif isinstance(request, Change):
                    self._change(request)
                elif isinstance(request, Task):
                    request.action()
                self._supervision.look()

    def _attend(self) -> float:
        """What is to be done every now and then; the seconds until it is again."""
        return min(self._operation.app.attend(), self._supervision.tick_s, self._remote.attend())

    def _change(self, change: Change) -> None:
        """Go over to the configuration as it is on the device now, or say why not."""
        self._notifier.reloading()
        rejected = None
        try:
            loaded = self._remote.layered(change.load())
            self._operation.apply(loaded)
        except VisagedError as exc:
            rejected = "; ".join(str(exc).splitlines())
            self._reject(rejected)
        except EndingError:
            self._lifecycle.put_back(change)
            raise
        else:
            self._operation.judge(None)
            self._remote.reloaded(loaded)
            log.info("The configuration on the device is in force.", extra=fields(event="config_applied"))
            self._operation.announce("config_applied", {})
        self._notifier.ready()
        if change.done is not None:
            change.done(rejected)

    def _reject(self, reason: str) -> None:
        noted = fields(event="config_rejected", reason=reason)
        log.error("The new configuration is rejected, the one before stays in force: %s", reason, extra=noted)
        self._operation.judge(f"the new configuration is rejected: {reason}")
        self._operation.announce("config_rejected", {"error": reason})

    def _shut_down(self, ending: Ending) -> None:
        log.info("Stopping: %s.", ending.reason, extra=fields(state="stopping", reason=ending.reason))
        self._notifier.stopping(ending.reason)
        self._remote.stop(is_orderly=ending.error is None)
        if ending.error is None:
            self._operation.stop(payload.status("stopped", ending.reason, time.time()))
        else:
            why = f"{ending.reason}: {said(ending.error)}"
            self._operation.stop(payload.status("offline", why, time.time()))
