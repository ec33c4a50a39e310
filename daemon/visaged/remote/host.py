"""What the daemon does for the configuration from afar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from visaged.config import Loaded
from visaged.errors import VisagedError
from visaged.remote.gates import Signs


class Host(Protocol):
    """All of it belongs to the main thread."""

    def apply(self, loaded: Loaded) -> None:
        """Go over to ``loaded``. Raises VisagedError, then nothing has changed, or EndingError as the daemon ends."""

    def signs(self) -> Signs:
        """How it goes now."""

    def forget_latency(self) -> None:
        """Measure the latency anew from here on."""

    def announce(self, name: str, details: Mapping[str, Any]) -> None:
        """Publish an event."""

    def publish(self, message: dict[str, Any]) -> None:
        """Publish what is reported, retained, with what is really in force as ``effective`` where that is wanted."""

    def judge(self, trouble: str | None) -> None:
        """Say with the status what is wrong with the configuration, None: nothing is."""

    def unkept(self, trouble: str | None) -> None:
        """Say with the status why a restart will not find what is in force, None: it will."""

    def fail(self, error: VisagedError) -> None:
        """End the daemon, for there is nothing to go back to."""
