"""A broker that lets the daemon publish and not subscribe."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.waiting import eventually
from visaged.mqtt.codec import decode

PLUGIN = "mosquitto_dynamic_security.so"
"""The access list in a file of mosquitto 2.0 takes every subscription, and then delivers nothing; this one says no."""

ROOT = "visaged/cam"


def client(name: str, password: str, role: str) -> dict[str, Any]:
    """As the plugin keeps it: PBKDF2 with SHA-512."""
    salt = b"twelve bytes"
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    coded = {"password": base64.b64encode(digest).decode(), "salt": base64.b64encode(salt).decode()}
    return {"username": name, "roles": [{"rolename": role}], "iterations": 101, **coded}


@pytest.fixture
def denying_broker(make_broker: Callable[..., Any], tmp_path: Path) -> Any:
    """Everybody may publish and read; only the user "desk" may subscribe, the user "pi" may not."""
    plugin = next((path for path in Path("/usr/lib").glob(f"**/{PLUGIN}")), None)
    if plugin is None:
        pytest.skip(f"mosquitto has no {PLUGIN} here")
    everything = {"publishClientSend": True, "publishClientReceive": True, "subscribe": False, "unsubscribe": True}
    may_subscribe = [{"acltype": "subscribePattern", "topic": "#", "allow": True}]
    roles = [{"rolename": "desk", "acls": may_subscribe}, {"rolename": "device", "acls": []}]
    clients = [client("desk", "secret", "desk"), client("pi", "secret", "device")]
    rules = tmp_path / "dynamic-security.json"
    rules.write_text(json.dumps({"defaultACLAccess": everything, "clients": clients, "roles": roles}))
    return make_broker("allow_anonymous false", f"plugin {plugin}", f"plugin_opt_config_file {rules}")


@pytest.fixture
def denied(denying_broker: Any, listen: Any, daemon: Any, tmp_path: Path) -> Callable[..., tuple[Any, Any]]:
    """``denied(**settings)``: a subscriber that may listen, and a daemon that may not."""

    def start(**settings: Any) -> tuple[Any, Any]:
        listener = listen(denying_broker, username="desk", password="secret")
        password = tmp_path / "password"
        password.write_text("secret\n")
        password.chmod(0o600)
        film = write_video(tmp_path / "film.avi", 50, [True] * 100)
        login = {"mqtt__username": "pi", "mqtt__password_file": password}
        one = daemon(denying_broker.port, "--source", str(film), "--loop", **login, **settings)
        assert eventually(lambda: len(listener.of(f"{ROOT}/pose")) > 20), one.err
        return listener, one

    return start


def status(listener: Any) -> dict[str, Any]:
    return decode(listener.of(f"{ROOT}/status")[-1])


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_poses_flow_and_status_says_that_nothing_is_received(denied: Any, protocol: str) -> None:
    listener, one = denied(mqtt__protocol=protocol)
    assert eventually(lambda: status(listener)["state"] == "degraded"), one.err
    reason = status(listener)["reason"]
    assert reason.startswith("not all is received: The MQTT broker at ")
    assert "denies the subscription to visaged/cam/command/+, visaged/cam/config/desired: " in reason
    assert [warning for warning in one.warnings if "Not all" in warning] == one.warnings[:1]
    before = len(listener.of(f"{ROOT}/pose"))
    assert eventually(lambda: len(listener.of(f"{ROOT}/pose")) > before + 30)


def test_who_wants_nothing_is_online(denied: Any) -> None:
    listener, one = denied(mqtt__commands="false", remote__enabled="false")
    assert eventually(lambda: status(listener)["state"] == "online"), one.err
    assert one.warnings == []
