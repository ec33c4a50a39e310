"""One fault under the real daemon, as its operator sees it: how soon it shows, how soon it is over, what it cost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from made.daemon import Daemon
from made.mosquitto import Listener
from made.waiting import PATIENCE, eventually
from visaged.mqtt.codec import decode

ROOT = "visaged/cam"
VISIT = ("face_appeared", "face_lost")

Row = dict[str, Any]


class Incident:
    """From ``begins`` over ``ends`` to ``recovers``; ``name`` says what was done."""

    def __init__(self, name: str, one: Daemon, listener: Listener, port: int) -> None:
        self.name, self.one, self.listener, self.port = name, one, listener, port
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
        found = self._awaited(lambda: [w for w in self.one.warnings[self._warned :] if sentence in w], within_s)
        self._noticed(time.monotonic(), f"log: {found[0]}")

    def shows_in_status(self, state: str, reason: str, within_s: float) -> None:
        """Subscribers see ``state`` and a ``reason`` that holds this."""
        at, why = self._awaited(lambda: self._states(state, reason), within_s)[0]
        self._noticed(at, f"status: {state} ({why})" if why else f"status: {state}")

    def shows_in_event(self, name: str, within_s: float) -> None:
        """Subscribers get an event of that name."""
        self._noticed(self._awaited(lambda: self._events(name, self._began), within_s)[0], f"event: {name}")

    def shows(self, what: str) -> None:
        """Something that the test has looked at itself."""
        self._seen.append(what)

    def sleeps(self, seconds: float) -> None:
        """It goes on for so long since it began."""
        time.sleep(max(0.0, self._began + seconds - time.monotonic()))

    def ends(self, act: Callable[[], object]) -> None:
        """Undo it."""
        act()
        self._ended = time.monotonic()

    def recovers(self, within_s: float) -> None:
        """A frame that was taken after the end is published, and subscribers see the daemon online."""
        assert self._flows(self._ended, within_s), (self.status, self.one.err)
        arrived = next(at for at, message in self._messages("pose") if message["mono"] > self._ended)
        self._recovered_s = arrived - self._ended
        assert self._recovered_s <= within_s * PATIENCE
        self._goes_on()

    def is_online_again(self, within_s: float) -> None:
        """What recovers where frames were never held up: the status."""
        assert eventually(lambda: self.status["state"] == "online", within_s), (self.status, self.one.err)
        self._recovered_s = time.monotonic() - self._ended
        self._goes_on()

    def _goes_on(self) -> None:
        assert eventually(lambda: self.status["state"] == "online"), (self.status, self.one.err)
        assert eventually(lambda: any(at > self._ended for at, _ in self._messages("event"))), self.one.err

    @property
    def status(self) -> Any:
        """The last one."""
        return next((message for _, message in reversed(list(self._messages("status")))), {"state": None})

    def events(self, name: str) -> int:
        """How many of that name have come."""
        return len(self._events(name, 0.0))

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
        return eventually(lambda: any(m["mono"] > since for m in self.poses[-1:]), within_s)

    def _awaited(self, find: Callable[[], list[Any]], within_s: float) -> list[Any]:
        assert eventually(find, within_s), (self.name, self.status, self.one.err)
        return find()

    def _noticed(self, at: float, what: str) -> None:
        self._noticed_s = min(self._noticed_s or at - self._began, at - self._began)
        self._seen.append(without_places(what))

    def _states(self, state: str, reason: str) -> list[tuple[float, str]]:
        """When since the beginning it was told, and the whole reason."""
        told = [(at, m["reason"] or "") for at, m in self._messages("status") if m["state"] == state]
        return [(at, why) for at, why in told if at >= self._began and reason in why]

    def _events(self, name: str, since: float) -> list[float]:
        """When those of that name came."""
        return [at for at, message in self._messages("event") if at > since and message["event"] == name]

    def _messages(self, name: str) -> Iterator[tuple[float, Any]]:
        for message in list(self.listener.messages):
            if message.topic == f"{ROOT}/{name}":
                yield message.timestamp, decode(bytes(message.payload))


def without_places(text: str) -> str:
    """Addresses and paths of one run say nothing to whoever reads the table."""
    without_addresses = re.sub(r"\b(127\.0\.0\.1|10(\.\d+){3}):\d+", "HOST:PORT", text)
    return re.sub(r"(/proc/\d+/root|/dev/shm)?/tmp[^\s,;:]+", "FOLDER", without_addresses)
