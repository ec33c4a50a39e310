"""What is known of the devices: the last word of each on every topic. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from visaged.desk.inside import inside
from visaged.desk.target import RETAINED, Target
from visaged.mqtt.codec import PayloadError, decode

GONE = ("offline", "stopped")


@dataclass(slots=True)
class Device:
    """``said``: its last messages by topic (``status``, ``info``, ``config/reported``), as far as there are any."""

    name: str
    said: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """online, degraded, stopped, offline, or unknown."""
        return str(inside(self.said, "status").get("state", "unknown"))

    @property
    def is_gone(self) -> bool:
        """Whether it does not hear anybody now."""
        return self.state in GONE

    @property
    def is_deaf(self) -> bool:
        """Whether what is configured from afar does not reach it now: it is gone, or does not heed that."""
        return self.is_gone or self.reported.get("state") == "disabled"

    @property
    def reported(self) -> Mapping[str, Any]:
        """What it has said of its configuration; empty: nothing."""
        return inside(self.said, "config/reported")

    @property
    def groups(self) -> list[str]:
        """Those that it belongs to."""
        groups = inside(self.said, "info").get("groups", [])
        return [str(group) for group in groups] if isinstance(groups, list) else []


class Fleet:
    """The devices of ``target`` that have said something."""

    def __init__(self, target: Target) -> None:
        self.desired = b""
        self._target = target
        self._devices: dict[str, Device] = {}

    @property
    def devices(self) -> list[Device]:
        """Those that belong to the target, by name."""
        found = sorted(self._devices.values(), key=lambda device: device.name)
        return [one for one in found if not self._target.is_group or self._target.name in one.groups]

    def device(self, name: str) -> Device:
        """The device of this name, whether it has said something or not."""
        return self._devices.get(name) or Device(name)

    def take(self, topic: str, payload: bytes) -> tuple[str, str, Mapping[str, Any]] | None:
        """Remember a message; gives its device, its topic below that, and what it says, None where it says nothing."""
        if topic == self._target.desired:
            self.desired = payload
            return None
        name, below = self._target.parts(topic)
        try:
            message = decode(payload)
        except PayloadError:
            return None
        if below in RETAINED:
            self._devices.setdefault(name, Device(name)).said[below] = message
        return name, below, message
