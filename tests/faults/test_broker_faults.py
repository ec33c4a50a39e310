"""Brokers that die, hang, refuse, or take somebody else for us."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from made.mosquitto import REMEMBERING, V5, Broker
from made.waiting import eventually

pytestmark = pytest.mark.faults

START_S = 2.0
"""What a broker that is back may wait for frames beyond the longest pause between two tries."""


@pytest.fixture
def back_within_s(delays: dict[str, Any]) -> float:
    """By when frames must flow again once there is a broker."""
    return START_S + float(delays["mqtt.backoff_max_s"])


@pytest.mark.parametrize("away_s", [1, pytest.param(60, marks=pytest.mark.thorough)])
def test_a_broker_that_is_killed(
    remembering_broker: Broker, incident: Any, record: Any, back_within_s: float, away_s: int
) -> None:
    one = incident(f"Broker killed, back after {away_s} s", remembering_broker)
    one.begins(remembering_broker.kill)
    one.shows_in_log("The connection to the MQTT broker at", 2)
    one.sleeps(away_s)
    one.ends(remembering_broker.start)
    one.recovers(back_within_s)
    assert one.lost_events == 0
    record(one.row())


def test_a_broker_that_is_restarted(
    remembering_broker: Broker, incident: Any, record: Any, back_within_s: float
) -> None:
    one = incident("Broker restarted", remembering_broker)
    one.begins(remembering_broker.stop)
    one.shows_in_log("MQTT broker", 2)
    one.ends(remembering_broker.start)
    one.recovers(back_within_s)
    assert one.lost_events == 0
    record(one.row())


def test_a_broker_that_hangs(
    remembering_broker: Broker, incident: Any, record: Any, delays: dict[str, Any], back_within_s: float
) -> None:
    keepalive_s = delays["mqtt.keepalive_s"]
    one = incident("Broker hangs (SIGSTOP) until it is noticed", remembering_broker)
    one.begins(remembering_broker.pause)
    one.shows_in_log("has not answered for", 2 * keepalive_s + 3)
    one.ends(remembering_broker.resume)
    one.recovers(back_within_s)
    assert one.lost_events == 0
    record(one.row())


def test_a_broker_that_hangs_for_a_moment(remembering_broker: Broker, incident: Any, record: Any) -> None:
    one = incident("Broker hangs for half a second", remembering_broker)
    one.begins(remembering_broker.pause)
    time.sleep(0.5)
    one.ends(remembering_broker.resume)
    one.recovers(START_S)
    assert one.one.warnings == [] and (one.lost_frames, one.lost_events) == (0, 0)
    one.shows("nothing: the frames come late")
    record(one.row())


def test_a_broker_that_refuses_the_password(
    make_broker: Callable[..., Broker], incident: Any, record: Any, tmp_path: Path, back_within_s: float
) -> None:
    passwords, secret = tmp_path / "passwords", tmp_path / "secret"
    secret.write_text("right\n")
    _allow(passwords, cam="right", operator="seen")
    broker = make_broker("allow_anonymous false", f"password_file {passwords}", *REMEMBERING)
    login = {"mqtt__username": "cam", "mqtt__password_file": secret}
    one = incident("Broker refuses the password", broker, login={"username": "operator", "password": "seen"}, **login)
    one.begins(broker.stop)
    _allow(passwords, cam="other", operator="seen")
    broker.start()
    one.shows_in_log("check user name, password", back_within_s)
    one.shows_in_status("offline", "", 5)
    assert "right" not in "".join(one.one.warnings)
    _allow(passwords, cam="right", operator="seen")
    one.ends(broker.restart)
    one.recovers(back_within_s)
    assert one.lost_events == 0
    record(one.row())


def test_a_rival_with_the_same_client_id(
    remembering_broker: Broker, incident: Any, record: Any, back_within_s: float
) -> None:
    one = incident("Another client takes over the client id again and again", remembering_broker)
    with _rival(remembering_broker) as stop:
        one.begins(stop.clear)
        one.shows_in_log("does another client use the same client id?", 30)
        one.shows_in_status("offline", "connection lost", 5)
        time.sleep(3)
        one.ends(stop.set)
    one.recovers(back_within_s)
    assert one.lost_events == 0
    assert one.status["state"] == "online"
    record(one.row())


def test_a_subscriber_that_does_not_read(remembering_broker: Broker, incident: Any, record: Any) -> None:
    one = incident("A subscriber stops reading for 5 s", remembering_broker, mqtt__health_interval_s=0.5)
    with _deaf_subscriber(remembering_broker):
        one.begins(lambda: None)
        time.sleep(5)
        one.ends(lambda: None)
        one.recovers(START_S)
        assert (one.lost_frames, one.lost_events) == (0, 0)
        assert one.one.warnings == []
        assert one.health["broker"]["queue"] <= 2 and one.health["broker"]["dropped"] == 0
        one.shows("nothing: the broker drops for that subscriber alone")
    record(one.row())


def _allow(file: Path, **passwords: str) -> None:
    file.unlink(missing_ok=True)
    file.touch()
    for user, password in passwords.items():
        subprocess.run(["mosquitto_passwd", "-b", file, user, password], check=True, capture_output=True)


@contextmanager
def _rival(broker: Broker) -> Iterator[threading.Event]:
    """A client with the daemon's id that comes back whenever it is thrown out, while the event is not set."""
    quiet, over = threading.Event(), threading.Event()
    quiet.set()

    def live() -> None:
        while not over.wait(0.05):
            if not quiet.is_set():
                client = paho.Client(CallbackAPIVersion.VERSION2, "visaged-cam", protocol=V5)
                broker.connect(client)
                while not quiet.is_set() and client.loop(0.05) == paho.MQTT_ERR_SUCCESS:
                    pass
                client.disconnect()

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield quiet
    finally:
        quiet.set()
        over.set()
        thread.join(10)


@contextmanager
def _deaf_subscriber(broker: Broker) -> Iterator[None]:
    """It asks for everything, and then leaves it in the smallest buffer that the kernel has."""
    client = paho.Client(CallbackAPIVersion.VERSION2, "deaf", protocol=V5)
    client.on_connect = lambda *_: client.subscribe("#")
    granted = threading.Event()
    client.on_subscribe = lambda *_: granted.set()
    broker.connect(client)
    connection = client.socket()
    assert isinstance(connection, socket.socket)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    assert eventually(lambda: client.loop(0.05) == paho.MQTT_ERR_SUCCESS and granted.is_set())
    yield
    connection.close()
