"""The topic names of contract version 1, below ``<root>/<device>/``."""

from __future__ import annotations

from dataclasses import dataclass

from visaged.errors import ConfigError

MAX_DEVICE_LENGTH = 64
MAX_RESPONSE_LENGTH = 512
MAX_RESPONSE_LEVELS = 64
"""Brokers end the connection over a topic with very many levels: mosquitto over more than 200."""

GROUP = "group"
"""The level below the root under which groups are; a device of this name could not be told from them."""

FORBIDDEN = frozenset("+#/\0")


def check_device(device: str) -> str:
    """Give back ``device`` if it can be one level of a topic; raises ConfigError otherwise."""
    if not device or len(device) > MAX_DEVICE_LENGTH:
        raise ConfigError(f"A device id has 1 to {MAX_DEVICE_LENGTH} characters, not {len(device)}: {device[:80]!r}.")
    if bad := sorted(FORBIDDEN & set(device)):
        raise ConfigError(f"The device id {device!r} contains {bad[0]!r}, which has a meaning of its own in topics.")
    if device == GROUP:
        raise ConfigError(f"A device cannot be called {GROUP!r}: the topics of groups begin with that.")
    if not device.isprintable() or device.startswith("$"):
        raise ConfigError(f"The device id {device!r} must be printable and must not start with '$'.")
    return device


def check_root(root: str) -> str:
    """Give back ``root`` if it can stand at the front of a topic; raises ConfigError otherwise."""
    levels = root.split("/")
    if not root or len(root) > 256 or not all(levels) or root.startswith("$"):
        raise ConfigError(f"The topic root {root[:80]!r} must be one or more non-empty levels such as 'visaged'.")
    if not root.isprintable() or set("+#\0") & set(root):
        raise ConfigError(f"The topic root {root[:80]!r} must be printable and contain neither '+' nor '#'.")
    return root


@dataclass(frozen=True, slots=True)
class Topics:
    """Every topic of one device. Raises ConfigError for a root or device id that cannot be part of a topic.

    ``groups`` are those that it belongs to.
    """

    root: str
    device: str
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_root(self.root)
        check_device(self.device)

    def _below(self, name: str) -> str:
        return f"{self.root}/{self.device}/{name}"

    @property
    def desired(self) -> dict[str, str]:
        """Where this device and its groups are configured from afar, QoS 1, retained by the sender, each with what the
        patch is then said to be from: ``device`` or ``group/NAME``."""
        fronts = {f"{GROUP}/{group}": f"{self.root}/{GROUP}/{group}" for group in self.groups}
        fronts["device"] = f"{self.root}/{self.device}"
        return {f"{front}/config/desired": origin for origin, front in fronts.items()}

    @property
    def reported(self) -> str:
        """What is in force of it, and what is not and why: QoS 1, retained."""
        return self._below("config/reported")

    @property
    def commands(self) -> tuple[str, ...]:
        """Filters for everything that is asked of this device and of its groups: QoS 1, never retained."""
        return tuple(f"{front}+" for front in self._command_fronts())

    def command_of(self, topic: str) -> str | None:
        """The name of the command that ``topic`` is for, None where it is no command of ours."""
        front = next((front for front in self._command_fronts() if topic.startswith(front)), None)
        return None if front is None else topic[len(front) :]

    def _command_fronts(self) -> list[str]:
        return [self._below("command/"), *(f"{self.root}/{GROUP}/{group}/command/" for group in self.groups)]

    def response(self, command: str) -> str:
        """Where a command is answered that does not say where: QoS 1, not retained."""
        return self._below(f"response/{command}")

    def may_answer_on(self, topic: str) -> bool:
        """Whether an answer may go where a request wants it.

        Whoever may send commands must not be able to make this device speak for itself or another one, or command it:
        below the topic root only ``<root>/<any device>/response/...`` is for answers.
        """
        if not topic or len(topic) > MAX_RESPONSE_LENGTH or topic.count("/") >= MAX_RESPONSE_LEVELS:
            return False
        if not topic.isprintable() or topic.startswith("$") or set("+#") & set(topic):
            return False
        if not topic.startswith(f"{self.root}/"):
            return topic != self.root
        below = topic[len(self.root) + 1 :].split("/")
        return len(below) > 2 and below[0] != GROUP and below[1] == "response"

    @property
    def status(self) -> str:
        """Online, degraded, stopped or offline: QoS 1, retained, also the last will."""
        return self._below("status")

    @property
    def info(self) -> str:
        """Versions, pack, camera and the axes contract: QoS 1, retained."""
        return self._below("info")

    @property
    def pose(self) -> str:
        """One message per processed frame: QoS 0, never retained."""
        return self._below("pose")

    @property
    def landmarks(self) -> str:
        """68 points per face: QoS 0, never retained."""
        return self._below("landmarks")

    @property
    def event(self) -> str:
        """Things that happened: QoS 1, not retained."""
        return self._below("event")

    @property
    def health(self) -> str:
        """Rates, latencies, temperature: QoS 0, not retained."""
        return self._below("health")
