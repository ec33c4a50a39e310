"""What the faults have in common: delays, and a film in which somebody comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.daemon import Daemon
from made.incident import Incident
from made.mosquitto import REMEMBERING, Broker
from made.pictures import write_video
from visaged.config.schema import MqttSection, SourceSection

FPS = 20
SOURCE, MQTT = SourceSection(), MqttSection()
AS_SHIPPED = {
    "source.retry_min_s": SOURCE.retry_min_s,
    "source.retry_max_s": SOURCE.retry_max_s,
    "mqtt.backoff_min_s": MQTT.backoff_min_s,
    "mqtt.backoff_max_s": MQTT.backoff_max_s,
    "mqtt.connect_timeout_s": MQTT.connect_timeout_s,
    "mqtt.keepalive_s": MQTT.keepalive_s,
}
"""The delays that an operator has who changes none, in place of those that suit a short test."""

IN_A_HURRY = {"mqtt.keepalive_s": 1, "mqtt.backoff_max_s": 0.2}


@pytest.fixture(scope="session")
def delays(thorough: bool) -> dict[str, Any]:
    """The settings that say how long things take."""
    return dict(AS_SHIPPED if thorough else IN_A_HURRY)


@pytest.fixture(scope="session")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second: a face for half of it, then nobody."""
    half = FPS // 2
    return write_video(tmp_path_factory.mktemp("v") / "visits.avi", FPS, [True] * half + [False] * half)


@pytest.fixture
def remembering_broker(make_broker: Callable[..., Broker]) -> Broker:
    """A broker that loses nothing that it has taken for a durable subscriber."""
    return make_broker("allow_anonymous true", *REMEMBERING)


@pytest.fixture
def incident(
    listen: Callable[..., Any], daemon: Callable[..., Daemon], visits: Path, delays: dict[str, Any]
) -> Callable[..., Incident]:
    """``incident(name, broker, source=..., **settings)``: a daemon to which ``name`` will happen, and a subscriber."""

    def make(
        name: str, broker: Broker, login: dict[str, str] | None = None, source: Path = visits, **settings: Any
    ) -> Incident:
        listener = listen(broker, durable=True, **(login or {}))
        given = {key.replace(".", "__"): value for key, value in delays.items()} | settings
        one = daemon(broker.port, "--source", str(source), "--loop", mqtt__host=broker.host, **given)
        return Incident(name, one, listener, broker.port)

    return make
