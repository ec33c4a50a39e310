"""A small device that answers the desk over a real broker as the daemon does, without a camera or a model."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from visaged.cli import main
from visaged.toml import loads


class AnsweringDevice:
    """``behaves``: what becomes of a patch: committed, reverted, rejected, testing (for ever), waiting or silent;
    ``stubborn`` ones are not cleared. Of a command: slow ones have lost the first, reconnecting ones are stopped for a
    second before they answer, leaving ones for good.

    ``wanted``: the patches that have come, ``asked``: the commands.
    """

    def __init__(self, broker: Any, name: str, groups: tuple[str, ...] = (), behaves: str = "committed") -> None:
        self.wanted: list[bytes] = []
        self.asked: list[dict[str, Any]] = []
        self._name, self._groups, self._behaves = name, groups, behaves
        self._ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = lambda _client, _data, message: self._heard(message)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()
        self.say("status", {"state": "online", "reason": None})
        self.say("info", {"groups": list(groups)})
        self.report("local", None)
        fronts = (name, *(f"group/{group}" for group in groups))
        self._client.subscribe(
            [(f"visaged/{front}/{end}", 1) for front in fronts for end in ("config/desired", "command/+")]
        )
        assert self._ready.wait(5)

    def say(self, topic: str, message: dict[str, Any] | bytes, retain: bool = True) -> None:
        """Publish below its name."""
        data = message if isinstance(message, bytes) else json.dumps(message)
        self._client.publish(f"visaged/{self._name}/{topic}", data, qos=1, retain=retain).wait_for_publish(5)

    def report(self, state: str, sent: dict[str, Any] | None, rejected: dict[str, Any] | None = None) -> None:
        """What is in force."""
        effective = {"track.max_faces": {"value": 4, "layer": "default", "where": "default"}}
        known = sent or {"version": None, "hash": None, "origin": None}
        origins = {sent["origin"]: {**sent, "state": state, "tried": sent["version"]}} if sent else {}
        told = {"state": state, "rejected": rejected, "origins": origins, "effective": effective}
        self.say("config/reported", {"v": 1, **known, **told})

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, message: paho.MQTTMessage) -> None:
        # On the client's own thread, which could not wait for what it publishes.
        handle = self._command if "/command/" in message.topic else self._desired
        threading.Thread(target=handle, args=(message.topic, bytes(message.payload))).start()

    def _desired(self, topic: str, data: bytes) -> None:
        origin = "/".join(topic.split("/")[1:3]) if "/group/" in topic else "device"
        self.wanted.append(data)
        if not data and self._behaves == "stubborn":
            self.report("rejected", None, {"version": None, "hash": None, "origin": origin, "reason": "not without it"})
        elif not data:
            self.report("local", None)
        if not data or self._behaves == "silent":
            return
        sent = {"version": loads(data.decode())["version"], "hash": hashlib.sha256(data).hexdigest(), "origin": origin}
        if self._behaves == "rejected":
            self.report("rejected", None, {**sent, "reason": "it contradicts what is here"})
        elif self._behaves == "reverted":
            self.report("trial", sent)
            self.report("reverted", None, {**sent, "reason": "frames stopped"})
        elif self._behaves == "testing":
            self.report("trial", sent)
        elif self._behaves == "waiting":
            self.say("config/reported", {"v": 1, "state": "local", "waiting": {**sent, "reason": "no frames yet"}})
        elif self._behaves in ("committed", "stubborn"):
            self.report("trial", sent)
            self.report("committed", sent)

    def _command(self, topic: str, data: bytes) -> None:
        name, request = topic.rpartition("/")[2], json.loads(data)
        self.asked.append(request)
        if self._behaves == "silent" or (self._behaves == "slow" and len(self.asked) == 1):
            return
        if self._behaves in ("reconnecting", "leaving"):
            self.say("status", {"state": "stopped", "reason": "the configuration has changed"})
        if self._behaves == "leaving":
            return
        if self._behaves == "reconnecting":
            time.sleep(1.0)
            self.say("status", {"state": "online", "reason": None})
        told = {"v": 1, "device": self._name, "command": name, "id": request["id"], "ok": name == "ping"}
        error = {} if told["ok"] else {"error": {"code": "not_permitted", "message": "no"}}
        self.say(f"response/{name}", {**told, **error}, retain=False)


@pytest.fixture
def device(broker: Any) -> Iterator[Callable[..., AnsweringDevice]]:
    """``device(name, groups, behaves)``: a device on ``broker``."""
    devices: list[AnsweringDevice] = []

    def make(*arguments: Any, **options: Any) -> AnsweringDevice:
        devices.append(AnsweringDevice(broker, *arguments, **options))
        return devices[-1]

    yield make
    for one in devices:
        one.close()


@pytest.fixture
def remote(
    broker: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, list[str], str]]:
    """``remote(*words)``: exit status, lines on standard output, standard error."""
    config = tmp_path / "desk.toml"
    config.write_text("")

    def run(*words: str, port: int = broker.port) -> tuple[int, list[str], str]:
        status = main(["remote", "--config", str(config), "--port", str(port), *words])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    return run
