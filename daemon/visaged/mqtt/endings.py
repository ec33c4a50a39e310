"""How a connection ends, or does not come about, where others act upon it."""

from __future__ import annotations

from visaged.errors import BrokerError


class VersionRefusedError(BrokerError):
    """The broker said that it does not speak this version of MQTT."""


class ClosedEarlyError(BrokerError):
    """The broker closed the connection instead of answering the CONNECT."""


class SilenceError(BrokerError):
    """The broker took the connection and left the CONNECT unanswered."""


class TooLongError(BrokerError):
    """The broker sent a packet longer than any that is for us."""


class OverlongError(BrokerError):
    """The broker ended the connection over a packet longer than any that it takes."""
