"""One sentence for each failure, without secrets."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from made.broker import settings_for
from visaged.errors import ConfigError
from visaged.mqtt import explain

SETTINGS = settings_for(1884, host="broker.example", client_id="kitchen", username="pi", password="hunter2")


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Nothing listens at broker.example:1884"),
        (TimeoutError("timed out"), "within 5 s"),
        (OSError(113, "No route to host"), "no route to host"),
        (ssl.SSLError(1, "[SSL] internal error"), "TLS with the MQTT broker at broker.example:1884 failed"),
    ],
)
def test_failure_is_explained_in_one_line(failure: OSError, words: str) -> None:
    sentence = explain.connect_failure(failure, SETTINGS)
    assert words in sentence
    assert "\n" not in sentence and sentence[-1] in ".?"


@pytest.mark.parametrize("code", [0x84, 0x85, 0x86, 0x87, 0x88, 0x97, 0x9F, 0xFF])
def test_refusal_never_names_the_password(code: int) -> None:
    assert "hunter2" not in explain.refusal(code, "Unspecified error", SETTINGS) + repr(SETTINGS)


def test_ipv6_address_is_bracketed() -> None:
    assert settings_for(1883, host="::1").address == "[::1]:1883"


@pytest.mark.parametrize(
    "change",
    [
        {"host": ""},
        {"port": 0},
        {"port": 65536},
        {"backoff_min_s": 0},
        {"backoff_min_s": 9, "backoff_max_s": 1},
        {"keepalive_s": 0},
        {"expiry_s": -1},
        {"connect_timeout_s": 0},
        {"password": "x"},
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        settings_for(**({"port": 1} | change))
