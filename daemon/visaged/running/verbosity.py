"""How much the daemon writes to its log: what is configured, or what somebody asked for until the next start."""

from __future__ import annotations

import logging


class Verbosity:
    """Levels are those of the configuration: ``debug``, ``info``, ``warning``, ``error``."""

    def __init__(self, configured: str) -> None:
        self._configured = configured
        self._asked: str | None = None

    @property
    def level(self) -> str:
        """The level in force."""
        return self._asked or self._configured

    @property
    def is_asked_for(self) -> bool:
        """Whether that is another than the configuration's because somebody asked for it."""
        return self._asked is not None

    def configure(self, level: str) -> None:
        """The configuration says ``level`` now; it counts unless somebody has asked for another."""
        self._configured = level
        self._apply()

    def ask(self, level: str | None) -> None:
        """Write from ``level`` on until the next start, whatever the configuration says; None: as it says."""
        self._asked = level
        self._apply()

    def _apply(self) -> None:
        logging.getLogger().setLevel(self.level.upper())
