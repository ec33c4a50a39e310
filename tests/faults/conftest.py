"""What the faults have in common: a film in which somebody comes and goes, and where the figures are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.daemon import Daemon
from made.incident import Incident
from made.mosquitto import REMEMBERING, Broker
from made.pictures import write_video

FPS = 20
AS_SHIPPED = {
    "source.retry_min_s": 0.5,
    "source.retry_max_s": 30,
    "mqtt.backoff_min_s": 0.5,
    "mqtt.backoff_max_s": 30,
    "mqtt.connect_timeout_s": 5,
    "mqtt.keepalive_s": 30,
}
"""The delays that an operator has who changes none, in place of those that suit a short test."""

IN_A_HURRY = {"mqtt.keepalive_s": 1}


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether to take the time that the faults take with the configuration as it is shipped."""
    return bool(request.config.getoption("--faults"))


@pytest.fixture(scope="session")
def delays(thorough: bool) -> dict[str, object]:
    """The settings that say how long things take."""
    return dict(AS_SHIPPED if thorough else IN_A_HURRY)


@pytest.fixture
def record(request: pytest.FixtureRequest, thorough: bool) -> Callable[[dict[str, Any]], None]:
    """Keeps a row for the table, where one is asked for (``--rows FILE``)."""
    file = request.config.getoption("--rows")

    def keep(row: dict[str, Any]) -> None:
        print(json.dumps(row))
        if file is not None:
            with Path(file).open("a") as stream:
                stream.write(json.dumps(row) + "\n")

    return keep


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
    listen: Callable[..., Any], daemon: Callable[..., Daemon], visits: Path, delays: dict[str, object]
) -> Callable[..., Incident]:
    """``incident(name, broker, **settings)``: a daemon in which ``name`` is about to happen, and a subscriber."""

    def make(name: str, broker: Broker, login: dict[str, str] | None = None, **settings: object) -> Incident:
        listener = listen(broker, durable=True, **(login or {}))
        given = {key.replace(".", "__"): value for key, value in delays.items()} | settings
        one = daemon(broker.port, "--source", str(visits), "--loop", mqtt__host=broker.host, **given)
        return Incident(name, one, listener)

    return make
