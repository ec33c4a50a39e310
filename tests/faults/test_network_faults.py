"""A network cable that is pulled, between a daemon and a broker that have a network each."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest

from made.mosquitto import MOSQUITTO, REMEMBERING, Broker
from made.namespaces import BROKER_HOST, Cable, cable

pytestmark = pytest.mark.faults

START_S = 2.0


class FarBroker(Broker):
    """A broker at the other end of a cable; subscribers on this machine reach it by a socket in the file system."""

    transport = "unix"

    def __init__(self, folder: Path, far: tuple[str, ...]) -> None:
        self._far = far
        self._socket = str(folder / "socket")
        options = ["allow_anonymous true", *REMEMBERING, f"listener 0 {self._socket}"]
        super().__init__(folder, options, host=BROKER_HOST)

    def connect(self, client: paho.Client, **options: Any) -> None:
        client.connect(self._socket, **options)

    def _command(self) -> list[str]:
        return [*self._far, *super()._command()]

    def _listens(self) -> bool:
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            return probe.connect_ex(self._socket) == 0


@pytest.fixture
def network() -> Iterator[Cable]:
    with cable() as made:
        yield made


@pytest.fixture
def far_broker(network: Cable, tmp_path: Path) -> Iterator[Broker]:
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker = FarBroker(tmp_path, network.far)
    broker.start()
    yield broker
    broker.kill()


def test_a_network_that_is_cut_until_it_is_noticed(
    network: Cable, far_broker: Broker, incident: Any, record: Any, delays: dict[str, Any]
) -> None:
    one = incident("Network cut until it is noticed", far_broker, within=network.near)
    one.begins(network.pull)
    one.shows_in_log(f"MQTT broker at {far_broker.host}", 2 * delays["mqtt.keepalive_s"] + 5)
    one.shows_in_status("offline", "connection lost", 1.5 * delays["mqtt.keepalive_s"] + 5)
    time.sleep(1)
    one.ends(network.plug)
    one.recovers(START_S + delays["mqtt.backoff_max_s"])
    assert one.lost_events == 0
    record(one.row())


@pytest.mark.parametrize("away_s", [5, pytest.param(20, marks=pytest.mark.thorough)])
def test_a_network_that_is_cut_for_seconds(
    network: Cable, far_broker: Broker, incident: Any, record: Any, away_s: int
) -> None:
    one = incident(f"Network cut for {away_s} s", far_broker, within=network.near, mqtt__keepalive_s=30)
    one.begins(network.pull)
    one.sleeps(away_s)
    one.ends(network.plug)
    one.recovers(START_S + away_s)
    assert one.lost_events == 0
    one.shows("the frames come late")
    record(one.row())
