"""The daemon with a camera, and what a subscriber hears of it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from made.waiting import eventually
from visaged.config.schema import SourceSection
from visaged.mqtt.codec import decode

SHIPPED: dict[str, object] = {
    "source.retry_min_s": SourceSection().retry_min_s,
    "source.retry_max_s": SourceSection().retry_max_s,
}
"""The delays of which tests have shorter ones otherwise."""


class Watched:
    """A daemon with a camera, and what a subscriber hears of it."""

    def __init__(self, broker: Any, listener: Any, daemon: Any, source: str, **settings: object) -> None:
        self._listener = listener
        self.daemon = daemon(broker.port, "--source", source, **settings)
        assert eventually(lambda: self.poses > 5, 30), self.daemon.err

    @property
    def poses(self) -> int:
        return len(self._listener.of("visaged/cam/pose"))

    @property
    def status(self) -> tuple[str, str]:
        message = decode(self._listener.of("visaged/cam/status")[-1])
        return message["state"], message["reason"] or ""

    def events(self, name: str) -> list[dict[str, Any]]:
        return [event for event in map(decode, self._listener.of("visaged/cam/event")) if event["event"] == name]

    def seconds_until(self, condition: Any) -> float:
        began = time.monotonic()
        assert eventually(condition, 20), self.daemon.err
        return time.monotonic() - began

    def is_publishing(self) -> bool:
        before = self.poses
        return eventually(lambda: self.poses > before, 2)


@pytest.fixture
def watch(broker: Any, listen: Any, daemon: Any, thorough: bool) -> Any:
    usual = SHIPPED if thorough else {}
    small = {"source.width": 128, "source.height": 96}
    return lambda source, **settings: Watched(
        broker, listen(broker), daemon, source, **usual | ({} if source != "rpicam:0" else small) | settings
    )
