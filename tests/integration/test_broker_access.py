"""The access list in deploy/mosquitto, under a real mosquitto: told by what is delivered to whom."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from made.mosquitto import V5, Broker
from made.pictures import write_video
from made.waiting import eventually
from visaged.cli import main

DEPLOY = Path(__file__).resolve().parents[2] / "deploy/mosquitto"
OBSERVER = "\nuser observer\ntopic readwrite #\n"
USERS = ("kitchen", "hall", "monitor", "desk", "observer")

OUT = {"status", "info", "pose", "landmarks", "event", "health", "config/reported", "response/ping"}
IN = {"config/desired", "command/ping"}
PLACES = ("kitchen", "hall", "monitor", "desk", "group/ground-floor", "group/attic")
TOPICS = {f"visaged/{place}/{name}" for place in PLACES for name in OUT | IN} | {"elsewhere", "visaged/kitchen"}


def below(place: str, names: set[str]) -> set[str]:
    return {f"visaged/{place}/{name}" for name in names}


SAYS = OUT - {"config/reported", "response/ping"}
GROUND_FLOOR = below("group/ground-floor", IN)

MAY_WRITE = {
    "kitchen": below("kitchen", OUT),
    "hall": below("hall", OUT),
    "monitor": set(),
    "desk": {f"visaged/{place}/{name}" for place in PLACES if place != "desk" for name in IN},
}
MAY_READ = {
    "kitchen": below("kitchen", IN) | GROUND_FLOOR,
    "hall": below("hall", IN),
    "monitor": {f"visaged/{place}/{name}" for place in ("kitchen", "hall", "desk") for name in SAYS},
    "desk": {topic for topic in TOPICS if topic.startswith("visaged/") and not topic.startswith("visaged/desk/")},
}


@pytest.fixture
def guarded(make_broker: Callable[..., Broker], tmp_path: Path) -> Broker:
    """A broker with that access list; each user's password is its name. One user more sees everything."""
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto_passwd is not installed")
    passwords, acl = tmp_path / "passwords", tmp_path / "acl"
    passwords.touch(mode=0o600)
    for user in USERS:
        subprocess.run(["mosquitto_passwd", "-b", passwords, user, user], check=True, capture_output=True)
    acl.write_text((DEPLOY / "visaged.acl").read_text() + OBSERVER)
    acl.chmod(0o600)
    return make_broker("allow_anonymous false", f"password_file {passwords}", f"acl_file {acl}")


@pytest.fixture
def person(guarded: Broker) -> Iterator[Callable[[str], paho.Client]]:
    """``person(user)``: somebody who is connected."""
    clients: list[paho.Client] = []

    def connect(user: str) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, f"{user}-writes", protocol=V5)
        client.username_pw_set(user, user)
        guarded.connect(client)
        client.loop_start()
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.disconnect()
        client.loop_stop()


def say_everywhere(client: paho.Client) -> None:
    for topic in sorted(TOPICS):
        client.publish(topic, b"x", qos=1).wait_for_publish(5)


@pytest.mark.parametrize("user", MAY_WRITE)
def test_what_a_user_may_write_arrives_and_nothing_else(user: str, guarded: Broker, listen: Any, person: Any) -> None:
    listener = listen(guarded, "#", username="observer", password="observer")
    say_everywhere(person(user))
    person("observer").publish("end", b"", qos=1).wait_for_publish(5)
    assert eventually(lambda: listener.of("end"))
    assert {message.topic for message in listener.messages} - {"end"} == MAY_WRITE[user]


@pytest.mark.parametrize("user", MAY_READ)
def test_what_a_user_may_read_is_delivered_and_nothing_else(
    user: str, guarded: Broker, listen: Any, person: Any
) -> None:
    listener = listen(guarded, "#", username=user, password=user)
    say_everywhere(person("observer"))
    assert eventually(lambda: {message.topic for message in listener.messages} >= MAY_READ[user])
    assert {message.topic for message in listener.messages} == MAY_READ[user]


@pytest.fixture
def kitchen(guarded: Broker, daemon: Any, tmp_path: Path) -> Any:
    """The daemon of the device "kitchen", which is in the group "ground-floor"."""
    secret = tmp_path / "kitchen-secret"
    secret.write_text("kitchen\n")
    secret.chmod(0o600)
    login = {"device__id": "kitchen", "mqtt__username": "kitchen", "mqtt__password_file": secret}
    film = write_video(tmp_path / "film.avi", 25, [True] * 25)
    remote = {"remote__groups": "ground-floor", "remote__trial_s": 1}
    told = {"mqtt__landmarks": "true", "mqtt__health_interval_s": 0.5}
    return daemon(guarded.port, "--source", str(film), "--loop", **login, **remote, **told)


def test_a_daemon_gets_on_with_it(guarded: Broker, listen: Any, kitchen: Any) -> None:
    desk, monitor = (listen(guarded, "visaged/#", username=user, password=user) for user in ("desk", "monitor"))
    told = [f"visaged/kitchen/{name}" for name in ("pose", "landmarks", "health", "status", "info")]
    assert eventually(lambda: all(monitor.of(topic) for topic in told), 30), kitchen.err
    assert kitchen.end() < 5
    assert eventually(lambda: b"stopped" in desk.of("visaged/kitchen/status")[-1])
    assert kitchen.warnings == []
    assert desk.of("visaged/kitchen/config/reported") and not monitor.of("visaged/kitchen/config/reported")


@pytest.mark.parametrize("target", [["kitchen"], ["--group", "ground-floor"]])
@pytest.mark.parametrize("action", [["command", "ping"], ["set", "track.max_faces=2"], ["status"]])
def test_the_desk_gets_on_with_it(
    guarded: Broker, kitchen: Any, tmp_path: Path, target: list[str], action: list[str]
) -> None:
    secret, config = tmp_path / "desk-secret", tmp_path / "desk.toml"
    secret.write_text("desk\n")
    secret.chmod(0o600)
    config.write_text(f'[mqtt]\nport = {guarded.port}\nusername = "desk"\npassword_file = "{secret}"\n')
    assert eventually(lambda: "Frames arrive" in kitchen.err, 30), kitchen.err
    assert main(["remote", "--config", str(config), "--timeout", "30", *target, *action]) == 0, kitchen.err
    assert kitchen.warnings == []


def test_a_denied_publication_is_told_in_log_and_status(
    guarded: Broker, daemon: Any, manager: Any, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kitchen\n")
    login = {"device__id": "hall", "mqtt__username": "kitchen", "mqtt__password_file": secret}
    one = daemon(guarded.port, "--source", "/dev/video99", **login)
    told = f"The MQTT broker at 127.0.0.1:{guarded.port} denies visaged/hall/"
    assert eventually(lambda: any(told in warning for warning in one.warnings)), one.err
    assert eventually(lambda: any(told in word for word in manager.words)), manager.words


def test_the_example_configuration_is_one_that_mosquitto_takes(
    make_broker: Callable[..., Broker], authority: Any, tmp_path: Path
) -> None:
    certificate, key = authority.server("example", "IP:127.0.0.1")
    files = {
        "ca.pem": authority.ca_file,
        "broker.pem": certificate,
        "broker.key": key,
        "visaged.acl": DEPLOY / "visaged.acl",
    }
    for name, file in files.items():
        shutil.copy(file, tmp_path / name)
        (tmp_path / name).chmod(0o600)
    (tmp_path / "visaged.passwords").touch(mode=0o600)
    options = [line for line in (DEPLOY / "visaged.conf").read_text().splitlines() if not line.startswith("listener")]
    moved = [
        line.replace("/etc/mosquitto/certs", str(tmp_path)).replace("/etc/mosquitto", str(tmp_path)) for line in options
    ]
    make_broker(*(line.replace("/var/lib/mosquitto", str(tmp_path)) for line in moved))
