"""A daemon that is configured from afar, and the desk that does so."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from made.pictures import write_video
from made.waiting import eventually
from visaged.mqtt.codec import decode

POSE, STATUS, EVENT, INFO, REPORTED, DESIRED = (
    f"visaged/cam/{name}" for name in ("pose", "status", "event", "info", "config/reported", "config/desired")
)
SLOW_S = 60.0
"""A model takes its time to open on a busy machine."""

SHORT_TRIAL_S = 0.8
"""Where it matters only that a trial comes to its end."""


class Device:
    """A daemon with poses flowing, and the desk that configures it."""

    def __init__(self, broker: Any, listener: Any, start: Callable[[], Any], file: Path) -> None:
        self.listener, self.file, self._start = listener, file, start
        self._desk = paho.Client(CallbackAPIVersion.VERSION2)
        self._desk.connect(broker.host, broker.port)
        self._desk.loop_start()
        self.begin()

    def begin_only(self) -> None:
        """Start it (again), whatever comes of it."""
        self.daemon = self._start()

    def begin(self) -> None:
        """Start it (again), and see poses."""
        count = len(self.listener.of(POSE))
        self.begin_only()
        assert eventually(lambda: len(self.listener.of(POSE)) > count + 25, SLOW_S), self.daemon.err

    def desire(self, text: str | bytes, topic: str = DESIRED) -> float:
        """Publish it, retained; gives the time."""
        self._desk.publish(topic, text, qos=1, retain=True).wait_for_publish(5)
        return time.monotonic()

    @property
    def reported(self) -> dict[str, Any]:
        """What it said last."""
        told = self.listener.of(REPORTED)
        return decode(told[-1]) if told else {}

    def comes_to(self, timeout_s: float = SLOW_S, **expected: Any) -> bool:
        """Whether it says so."""
        return eventually(lambda: self.reported.items() >= expected.items(), timeout_s)

    def events(self) -> list[tuple[str, Any, Any]]:
        """Those of the configuration: name, version, state."""
        found = [decode(payload) for payload in self.listener.of(EVENT)]
        return [
            (event["event"], event.get("version"), event.get("state"))
            for event in found
            if event["event"].startswith("config_")
        ]

    def when_event(self, name: str, after: int) -> float:
        """When the first of this name came that is not among the first ``after`` events, on the monotonic clock."""
        found: list[float] = []

        def has_come() -> bool:
            events = [decode(payload) for payload in self.listener.of(EVENT)[after:]]
            found.extend(event["mono"] for event in events if event["event"] == name)
            return bool(found)

        assert eventually(has_come, SLOW_S), self.daemon.err
        return found[0]

    def longest_gap(self, since: float) -> float:
        """The longest time without a pose from ``since`` on (monotonic), in seconds."""
        times = [decode(payload)["mono"] for payload in self.listener.of(POSE)]
        times = [mono for mono in times if mono > since - 0.2]
        return max(after - before for before, after in itertools.pairwise(times))

    def close(self) -> None:
        self._desk.disconnect()
        self._desk.loop_stop()


@pytest.fixture
def configured(
    broker: Any,
    listen: Any,
    daemon: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Device]]:
    """``configured(text)``: one under a kind of systemd, with ``text`` in its configuration file."""
    devices: list[Device] = []
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    film = write_video(tmp_path / "film.avi", 25, [True] * 25)

    def make(text: str = "", trial_s: float = 1.5) -> Device:
        file = tmp_path / "visaged.toml"
        file.write_text(f'[source]\nuri = "{film}"\nloop = true\n[remote]\ntrial_s = {trial_s}\n{text}')
        start = lambda: daemon(broker.port, "--config", str(file))  # noqa: E731
        devices.append(Device(broker, listen(broker), start, file))
        return devices[-1]

    yield make
    for one in devices:
        one.close()
