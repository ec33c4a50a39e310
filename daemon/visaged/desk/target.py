"""Whom the desk speaks to: one device, or all of a group. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from visaged.mqtt.topics import GROUP, check_device, check_root

RETAINED = ("status", "info", "config/reported")
"""What each device has said last, below its name."""


@dataclass(frozen=True, slots=True)
class Target:
    """``name``: a device, or where ``is_group`` a group. Raises ConfigError for what cannot be part of a topic."""

    root: str
    name: str
    is_group: bool = False

    def __post_init__(self) -> None:
        check_root(self.root)
        check_device(self.name)

    @property
    def origin(self) -> str:
        """What devices call a patch that was sent here."""
        return self.written if self.is_group else "device"

    @property
    def written(self) -> str:
        """As a patch names whom it is for: ``DEVICE`` or ``group/GROUP``."""
        return f"{GROUP}/{self.name}" if self.is_group else self.name

    @property
    def desired(self) -> str:
        """The topic of the patch that is wanted."""
        return f"{self.root}/{self.written}/config/desired"

    def command(self, name: str) -> str:
        """The topic of a command."""
        return f"{self.root}/{self.written}/command/{name}"

    @property
    def retained(self) -> list[str]:
        """What is wanted of its devices, and what they have said of themselves."""
        return [self.desired, *map(self._said, RETAINED)]

    @property
    def answers(self) -> str:
        """What its devices answer to commands."""
        return self._said("response/+")

    def _said(self, name: str) -> str:
        return f"{self.root}/{'+' if self.is_group else self.name}/{name}"

    def parts(self, topic: str) -> tuple[str, str]:
        """The device that a topic is of, and the name below it; two empty texts where it is of none."""
        if topic == self.desired or not topic.startswith(f"{self.root}/"):
            return "", ""
        device, _, name = topic[len(self.root) + 1 :].partition("/")
        return device, name
