"""A daemon that is configured from afar: what it takes, what it tries, what it takes back, and what it says."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from made.pictures import write_video
from made.waiting import eventually
from visaged.mqtt.codec import decode

POSE, STATUS, EVENT, INFO = (f"visaged/cam/{name}" for name in ("pose", "status", "event", "info"))
REPORTED, DESIRED = "visaged/cam/config/reported", "visaged/cam/config/desired"
SLOW_S = 60.0
"""A model takes its time to open on a busy machine."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("v") / "film.avi", 25, [True] * 25)


class Device:
    """A daemon with poses flowing, and the desk that configures it."""

    def __init__(self, broker: Any, listener: Any, start: Callable[[], Any]) -> None:
        self.broker, self.listener, self._start = broker, listener, start
        self._desk = paho.Client(CallbackAPIVersion.VERSION2)
        self._desk.connect(broker.host, broker.port)
        self._desk.loop_start()
        self.begin()

    def begin(self) -> None:
        """Start it (again)."""
        count = len(self.listener.of(POSE))
        self.daemon = self._start()
        assert eventually(lambda: len(self.listener.of(POSE)) > count + 50, SLOW_S), self.daemon.err

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
            (event["event"], event["version"], event.get("state"))
            for event in found
            if event["event"].startswith("config_")
        ]

    def close(self) -> None:
        self._desk.disconnect()
        self._desk.loop_stop()


@pytest.fixture(autouse=True)
def _supervised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))


@pytest.fixture
def device(broker: Any, listen: Any, daemon: Any, film: Path, tmp_path: Path) -> Any:
    """``device(text)``, with ``text`` in its configuration file."""
    devices: list[Device] = []
    file = tmp_path / "visaged.toml"
    file.write_text(f'[source]\nuri = "{film}"\nloop = true\n[remote]\ntrial_s = 2.0\n')

    def make(text: str = "") -> Device:
        file.write_text(file.read_text() + text)
        devices.append(Device(broker, listen(broker), lambda: daemon(broker.port, "--config", str(file))))
        return devices[-1]

    yield make
    for one in devices:
        one.close()


def test_a_patch_is_tried_and_kept(device: Any) -> None:
    one = device()
    assert one.comes_to(state="local", version=None)
    one.desire("version = 1\n[detect]\ninterval = 7\n")
    assert one.comes_to(state="trial", version=1), one.daemon.err
    assert one.reported["keys"] == {"detect.interval": {"state": "applied", "reason": None}}
    assert decode(one.listener.of(INFO)[-1])["tuning"]["detect_interval"] == 7
    assert one.comes_to(state="committed"), one.daemon.err
    assert one.events() == [("config_applied", 1, "trial"), ("config_applied", 1, "committed")]
    assert one.reported["effective"]["detect.interval"] == {"value": 7, "layer": "remote", "where": "desired:3"}

    one.daemon.end()
    one.begin()
    assert one.comes_to(state="committed", version=1)
    assert decode(one.listener.of(INFO)[-1])["tuning"]["detect_interval"] == 7

    one.desire("")
    assert one.comes_to(state="local", version=None)
    assert eventually(lambda: decode(one.listener.of(INFO)[-1])["tuning"]["detect_interval"] == 30)


def test_a_patch_that_fails_is_taken_back_and_not_tried_again(device: Any, tmp_path: Path) -> None:
    one = device()
    one.desire(f'version = 1\n[source]\nuri = "{tmp_path}/state/missing.avi"\n')
    assert one.comes_to(state="reverted", version=None), one.daemon.err
    assert "missing.avi" in one.reported["rejected"]["reason"]
    assert ("config_reverted", 1, None) in one.events()
    count = len(one.listener.of(POSE))
    assert eventually(lambda: len(one.listener.of(POSE)) > count + 5, SLOW_S)
    assert eventually(lambda: decode(one.listener.of(STATUS)[-1])["state"] == "online")
    one.daemon.end()
    one.begin()
    assert one.comes_to(state="reverted", version=None)
