"""A daemon that is configured from afar, and the desk that does so."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

GROUPS = ("front", "lorries")
"""To which every device here belongs."""


class Device:
    """A daemon with poses flowing, and the desk that configures it."""

    def __init__(self, broker: Any, listener: Any, start: Callable[[], Any], file: Path) -> None:
        self.broker, self.listener, self.file, self._start = broker, listener, file, start
        self._desk = paho.Client(CallbackAPIVersion.VERSION2)
        self._desk.connect(broker.host, broker.port)
        self._desk.loop_start()
        self.version = 0
        self.begin()

    def begin_only(self) -> None:
        """Start it (again), whatever comes of it."""
        self.daemon = self._start()

    def begin(self) -> None:
        """Start it (again), and see poses."""
        count = len(self.listener.of(POSE))
        self.begin_only()
        assert eventually(lambda: len(self.listener.of(POSE)) > count + 25 or not self.daemon.running, SLOW_S)
        assert self.daemon.running and len(self.listener.of(POSE)) > count + 25, self.daemon.err

    def desire(self, text: str | bytes, topic: str = DESIRED) -> float:
        """Publish it, retained; gives the time."""
        self._desk.publish(topic, text, qos=1, retain=True).wait_for_publish(5)
        return time.monotonic()

    def ask(self, lines: str, topic: str = DESIRED) -> int:
        """Publish a patch of these lines with the next version; gives that."""
        self.version += 1
        self.desire(f"version = {self.version}\n{lines}\n", topic)
        return self.version

    def clear(self) -> None:
        """Back to its file."""
        for front in ("cam", *(f"group/{group}" for group in GROUPS)):
            self.desire("", f"visaged/{front}/config/desired")
        assert self.comes_to(state="local", version=None, rejected=None), self.reported

    @property
    def reported(self) -> dict[str, Any]:
        """What it said last."""
        told = self.listener.of(REPORTED)
        return decode(told[-1]) if told else {}

    def has_said(self, **expected: Any) -> bool:
        """Whether it said so, be it for a moment."""
        return eventually(
            lambda: any(decode(told).items() >= expected.items() for told in self.listener.of(REPORTED)), SLOW_S
        )

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


@contextmanager
def _made(broker: Any, listen: Callable[[], Any], daemon: Any, folder: Path) -> Iterator[Callable[..., Device]]:
    """``make(trial_s, **settings)``: a device under a kind of systemd."""
    devices: list[Device] = []
    film = write_video(folder / "film.avi", 25, [True] * 25)

    def make(trial_s: float = 1.5, **settings: Any) -> Device:
        file = folder / "visaged.toml"
        remote = f'trial_s = {trial_s}\ngroups = "{", ".join(GROUPS)}"\n'
        file.write_text(f'[source]\nuri = "{film}"\nloop = true\n[remote]\n{remote}')
        start = lambda: daemon(broker.port, "--config", str(file), **settings)  # noqa: E731
        devices.append(Device(broker, listen(), start, file))
        return devices[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("STATE_DIRECTORY", str(folder / "state"))
        patched.setenv("NOTIFY_SOCKET", str(folder / "nobody"))
        yield make
    for one in devices:
        one.close()


@pytest.fixture
def configured(broker: Any, listen: Any, daemon: Any, tmp_path: Path) -> Iterator[Callable[..., Device]]:
    """``configured(trial_s, **settings)``: one of the test's own."""
    with _made(broker, lambda: listen(broker), daemon, tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def _lasting(recorded: Any, lasting_daemon: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    broker, listen = recorded
    with _made(broker, listen, lasting_daemon, tmp_path_factory.mktemp("lasting")) as make:
        one = make(SHORT_TRIAL_S)
        assert eventually(lambda: len(one.listener.of(POSE)) > 60, SLOW_S)  # what comes before that waits
        yield one


@pytest.fixture
def lasting(_lasting: Device) -> Iterator[Device]:
    """One that has been running for a while, with nothing asked of it; trials are short."""
    yield _lasting
    _lasting.clear()
