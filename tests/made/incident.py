"""One fault under the real daemon, as its operator sees it: how soon it shows, how soon it is over, what it cost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from made.daemon import Daemon
from made.mosquitto import Listener
from made.waiting import eventually
from visaged.mqtt.codec import decode

ROOT = "visaged/cam"
VISIT = ("face_appeared", "face_lost")

Row = dict[str, Any]


class Incident:
    """From ``begins`` over ``ends`` to ``recovers``; ``name`` says what was done."""

    def __init__(self, name: str, one: Daemon, listener: Listener) -> None:
        self.name, self.one, self.listener = name, one, listener
        self._began = self._ended = 0.0
        self._noticed_s: float | None = None
        self._recovered_s: float | None = None
        self._seen: list[str] = []
        self._warned = 0

    def begins(self, act: Callable[[], object]) -> None:
        """Do it, while poses flow."""
        assert self._flows(time.monotonic()), self.one.err
        self._warned = len(self.one.warnings)
        self._began = time.monotonic()
        act()

    def shows_in_log(self, sentence: str, within_s: float) -> None:
        """A new warning holds ``sentence``."""
        self._noticed(lambda: next((w for w in self.one.warnings[self._warned :] if sentence in w), None), within_s)
        self._seen.append(f"log: {_without_places(self._find_warning(sentence))}")

    def shows_in_status(self, state: str, reason: str, within_s: float) -> None:
        """Subscribers see ``state`` and a ``reason`` that holds this."""
        found: list[str] = []

        def is_there() -> bool:
            told = [m for at, m in self._messages("status") if at >= self._began and m["state"] == state]
            found[:] = [m["reason"] or "" for m in told if reason in (m["reason"] or "")]
            return bool(found)

        self._noticed(is_there, within_s)
        self._seen.append(f"status: {state}" + (f" ({_without_places(found[0])})" if found[0] else ""))

    def shows(self, what: str) -> None:
        """Something that the test has looked at itself."""
        self._seen.append(what)

    def ends(self, act: Callable[[], object]) -> None:
        """Undo it."""
        act()
        self._ended = time.monotonic()

    def recovers(self, within_s: float) -> None:
        """A frame that was taken after the end is published, and subscribers see the daemon online."""
        assert self._flows(self._ended, within_s), (self.status, self.one.err)
        first = next(message["mono"] for message in self.poses if message["mono"] > self._ended)
        self._recovered_s = first - self._ended
        assert self._recovered_s <= within_s
        assert eventually(lambda: self.status["state"] == "online"), (self.status, self.one.err)
        assert eventually(lambda: any(at > self._ended for at, _ in self._messages("event"))), self.one.err

    @property
    def status(self) -> Any:
        """The last one."""
        return next((message for _, message in reversed(list(self._messages("status")))), {"state": None})

    @property
    def health(self) -> Any:
        """The last one."""
        return [message for _, message in self._messages("health")][-1]

    @property
    def poses(self) -> list[Any]:
        """All that came."""
        return [message for _, message in self._messages("pose")]

    @property
    def lost_frames(self) -> int:
        """Those that were processed and never came, from the first to the last that came of each start."""
        pairs = pairwise(self.poses)
        return sum(b["seq"] - a["seq"] - 1 for a, b in pairs if a["boot_id"] == b["boot_id"])

    @property
    def lost_events(self) -> int:
        """Faces come and go with rising ids: how many comings and goings are missing before the last that came."""
        told = {(m["id"], m["event"]) for _, m in self._messages("event") if m["event"] in VISIT}
        assert told, self.one.err
        last, event = max(told, key=lambda one: (one[0], VISIT.index(one[1])))
        return 2 * last - (event == VISIT[0]) - len(told)

    def row(self, **lost: Any) -> Row:
        """For the table: what it was, what was seen, the times in seconds, and what was lost."""
        return {
            "fault": self.name,
            "seen": self._seen,
            "noticed_s": None if self._noticed_s is None else round(self._noticed_s, 2),
            "recovered_s": None if self._recovered_s is None else round(self._recovered_s, 2),
            "lost": lost or {"frames": self.lost_frames, "events": self.lost_events},
        }

    def _flows(self, since: float, within_s: float = 20.0) -> bool:
        """Whether a frame comes that was taken after ``since``, a monotonic time."""
        return eventually(lambda: any(m["mono"] > since for m in self._latest_poses()), within_s)

    def _latest_poses(self) -> list[Any]:
        latest = next((m for m in reversed(list(self.listener.messages)) if m.topic == f"{ROOT}/pose"), None)
        return [decode(bytes(latest.payload))] if latest is not None else []

    def _noticed(self, condition: Callable[[], object], within_s: float) -> None:
        assert eventually(condition, within_s), (self.name, self.status, self.one.err)
        if self._noticed_s is None:
            self._noticed_s = time.monotonic() - self._began

    def _find_warning(self, sentence: str) -> str:
        return next(warning for warning in self.one.warnings[self._warned :] if sentence in warning)

    def _messages(self, name: str) -> Iterator[tuple[float, Any]]:
        for message in list(self.listener.messages):
            if message.topic == f"{ROOT}/{name}":
                yield message.timestamp, decode(bytes(message.payload))


def _without_places(text: str) -> str:
    """Addresses and paths of one run say nothing to whoever reads the table."""
    return re.sub(r"/tmp/[^\s,;:]+", "FOLDER", re.sub(r"\b(127\.0\.0\.1|10\.\d+\.\d+\.\d+):\d+", "HOST:PORT", text))
