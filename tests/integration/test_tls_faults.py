"""Every way in which TLS may fail has a sentence of its own, in the log, in systemd's status and from ``doctor``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from made.mosquitto import Broker
from made.waiting import eventually
from visaged.cli import main

PLACE = "IP:127.0.0.1"


@dataclass(frozen=True)
class Scene:
    """A broker, and the keys of ``mqtt`` with which it is dialled."""

    broker: Broker
    keys: dict[str, object]


class Stage:
    """Sets the scenes; ``files`` is a certificate and its key."""

    def __init__(self, authority: Any, stranger: Any, make_broker: Callable[..., Broker]) -> None:
        self._authority = authority
        self._stranger = stranger
        self._make_broker = make_broker

    def unknown_authority(self) -> Scene:
        return self._server(self._stranger.server("strange", PLACE))

    def wrong_host(self) -> Scene:
        return self._server(self._authority.server("elsewhere", "DNS:broker.example"))

    def expired(self) -> Scene:
        return self._server(self._authority.server("expired", PLACE, "-days", "-1"))

    def not_yet_valid(self) -> Scene:
        return self._server(self._authority.later("early", PLACE))

    def no_client_certificate(self) -> Scene:
        return self._client(None)

    def client_of_unknown_authority(self) -> Scene:
        return self._client(self._stranger.server("strange-client", "DNS:client"))

    def expired_client(self) -> Scene:
        return self._client(self._authority.server("expired-client", "DNS:client", "-days", "-1"))

    def tls_at_a_plain_port(self) -> Scene:
        return Scene(self._make_broker(), {"tls": "true", "tls_ca_file": self._authority.ca_file})

    def plain_at_a_tls_port(self) -> Scene:
        return Scene(self._server(self._authority.server("right", PLACE)).broker, {})

    def _server(self, files: tuple[Path, Path], *options: str) -> Scene:
        listener = (f"certfile {files[0]}", f"keyfile {files[1]}", *options)
        broker = self._make_broker("allow_anonymous true", *listener)
        return Scene(broker, {"tls": "true", "tls_ca_file": self._authority.ca_file})

    def _client(self, files: tuple[Path, Path] | None) -> Scene:
        asks = (f"cafile {self._authority.ca_file}", "require_certificate true")
        scene = self._server(self._authority.server("right", PLACE), *asks)
        shown = {} if files is None else {"tls_cert_file": files[0], "tls_key_file": files[1]}
        return Scene(scene.broker, scene.keys | shown)


SENTENCES = {
    Stage.unknown_authority: "is not signed by an authority in ",
    Stage.wrong_host: "is made out to another name than '127.0.0.1'; ",
    Stage.expired: "has expired; renew it, or set this machine's clock",
    Stage.not_yet_valid: "is not valid yet; set this machine's clock",
    Stage.no_client_certificate: "A client certificate is asked for by the MQTT broker at ",
    Stage.client_of_unknown_authority: "it does not know the authority that signed it",
    Stage.expired_client: "it has expired; renew it",
    Stage.tls_at_a_plain_port: "No TLS is spoken at 127.0.0.1:",
    Stage.plain_at_a_tls_port: "is this a TLS port (then set mqtt.tls = true)",
}


@pytest.fixture(params=SENTENCES, ids=lambda fault: fault.__name__)
def staged(request: pytest.FixtureRequest, authority: Any, make_authority: Any, make_broker: Any) -> tuple[Scene, str]:
    """Each scene, and what is to be said of it."""
    return request.param(Stage(authority, make_authority(), make_broker)), SENTENCES[request.param]


def test_log_status_and_doctor_say_what_is_wrong(
    staged: tuple[Scene, str], daemon: Any, manager: Any, made_pack_dir: Path, capsys: Any
) -> None:
    scene, sentence = staged
    one = daemon(scene.broker.port, "--source", "/dev/video99", **{f"mqtt__{k}": v for k, v in scene.keys.items()})
    assert eventually(lambda: any(sentence in warning for warning in one.warnings), 30), one.err
    assert eventually(lambda: any(sentence in word for word in manager.words), 30), manager.words
    assert sentence in diagnosis(scene, made_pack_dir, capsys)


def diagnosis(scene: Scene, models: Path, capsys: Any) -> str:
    """What ``visaged doctor`` finds out about the broker."""
    keys = {"mqtt.port": scene.broker.port} | {f"mqtt.{key}": value for key, value in scene.keys.items()}
    sets = [word for key, value in keys.items() for word in ("--set", f"{key}={value}")]
    assert main(["doctor", "--json", "--models-dir", str(models), "--pack", "3ddfa_v2", *sets]) == 1
    checks = json.loads(capsys.readouterr().out)["checks"]
    (finding,) = [check for check in checks if check["check"] == "broker"]
    assert finding["state"] == "fail"
    return str(finding["detail"])


def test_a_key_of_another_certificate_ends_the_start_with_one_sentence(authority: Any, daemon: Any) -> None:
    certificate, _ = authority.server("one", "DNS:client")
    _, key = authority.server("another", "DNS:client")
    shown = {"mqtt__tls_cert_file": certificate, "mqtt__tls_key_file": key}
    one = daemon(1, "--source", "/dev/video99", mqtt__tls="true", mqtt__tls_ca_file=authority.ca_file, **shown)
    assert one.wait() == 1
    (sentence,) = one.sentences
    assert f"certificate {certificate}, key {key}" in sentence
    assert sentence.endswith("the key does not belong to the certificate.")
