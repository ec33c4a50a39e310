"""How the daemon is doing: gathers what the topic ``health`` says from the parts that know it, and says it."""

from __future__ import annotations

import time

from visaged import machine
from visaged.board import files
from visaged.board.thermal import temperature
from visaged.board.throttling import throttled
from visaged.mqtt.payload import Health, Percentiles
from visaged.pipeline import Counts
from visaged.running import cooling, snapshotting
from visaged.running.commands import Commands
from visaged.running.cooling import Cooling
from visaged.running.link import Link
from visaged.snapshots.service import Snapshots
from visaged.stages import Rate, StageTimes


class Vitals:
    """Measures the parts of one daemon, and publishes that every ``interval_s``; belongs to one thread.

    ``due``: when the first time is, at the latest, on the monotonic clock. Rates count from one measurement to the
    next, the first from here on. ``commands``, ``snapshots`` and ``cooling``: None where these are off.
    """

    def __init__(
        self,
        counts: Counts,
        times: StageTimes,
        link: Link,
        interval_s: float,
        due: float,
        *,
        commands: Commands | None,
        snapshots: Snapshots | None,
        cooling: Cooling | None,
    ) -> None:
        self._counts = counts
        self._times = times
        self._link = link
        self._interval_s = interval_s
        now = time.monotonic()
        self.due = min(due, now + interval_s)
        self._commands = commands
        self._snapshots = snapshots
        self._cooling = cooling
        self._rate_in, self._rate_out = Rate(now, counts.processed + counts.skipped), Rate(now, counts.processed)

    def attend(self) -> float:
        """Publish where it is time to; gives the seconds until it is again."""
        now = time.monotonic()
        if now >= self.due:
            self.due = now + self._interval_s
            machine.release_memory()
            self._link.health(self._measured(now))
        return self.due - now

    def _measured(self, now: float) -> Health:
        counts, broker = self._counts, self._link.publisher.stats
        return Health(
            fps_in=self._rate_in.update(counts.processed + counts.skipped, now),
            fps_out=self._rate_out.update(counts.processed, now),
            skipped=counts.skipped,
            latency={stage: Percentiles(*values) for stage, values in self._times.percentiles().items()},
            rss_mb=machine.resident_megabytes(),
            temperature_c=temperature(files.root()),
            throttled=throttled(files.root()),
            reconnects=broker.reconnects,
            dropped_frames=broker.dropped_frames,
            dropped_events=broker.dropped_events,
            left_out=broker.left_out,
            queue=broker.backlog,
            throttling=cooling.details(self._cooling.step) if self._cooling else None,
            commands=self._commands.counts if self._commands else None,
            snapshots=snapshotting.counts(self._snapshots.tally) if self._snapshots else None,
        )
