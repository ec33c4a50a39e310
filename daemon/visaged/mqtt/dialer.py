"""Which version of MQTT to speak: 5 first, 3.1.1 where the broker knows no better."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from paho.mqtt.enums import MQTTProtocolVersion

from visaged.mqtt.endings import ClosedEarlyError, SilenceError, VersionRefusedError
from visaged.mqtt.session import Session
from visaged.mqtt.settings import BrokerSettings, Protocol

log = logging.getLogger("visaged.mqtt")

V5 = MQTTProtocolVersion.MQTTv5
V311 = MQTTProtocolVersion.MQTTv311
VERSION_NAMES = {V5: "5", V311: "3.1.1"}

_VERSIONS: dict[Protocol, tuple[MQTTProtocolVersion, ...]] = {"auto": (V5, V311), "5": (V5,), "3.1.1": (V311,)}


class Dialer:
    """Opens sessions; ``make(version)`` builds one that is not open yet.

    The versions that are tried share the time that a broker may take to answer. A broker that refuses
    MQTT 5 by name is remembered for good, and so is one that leaves it unanswered but welcomes 3.1.1, for the wait
    would be repeated at each reconnect. One that hangs up may have been restarting, and that costs no time: 3.1.1 is
    used for that one connection and 5 is tried again for the next.
    """

    def __init__(self, settings: BrokerSettings, make: Callable[[MQTTProtocolVersion], Session]) -> None:
        self._versions = _VERSIONS[settings.protocol]
        self._answer_within_s = settings.connect_timeout_s
        self._make = make

    def dial(self, cancelled: threading.Event) -> Session:
        """A session the broker has welcomed. Raises BrokerError with the last try's sentence."""
        if len(self._versions) == 1:
            return self._open(self._versions[0], cancelled, self._answer_within_s)
        try:
            return self._open(V5, cancelled, self._answer_within_s / 2)
        except VersionRefusedError as exc:
            self._settle(exc)
        except ClosedEarlyError as exc:
            log.debug("%s Trying MQTT 3.1.1.", exc)
        except SilenceError as exc:
            session = self._open(V311, cancelled, self._answer_within_s / 2)
            self._settle(exc)
            return session
        return self._open(V311, cancelled, self._answer_within_s)

    def _open(self, version: MQTTProtocolVersion, cancelled: threading.Event, answer_within_s: float) -> Session:
        session = self._make(version)
        session.open(cancelled, answer_within_s)
        return session

    def _settle(self, why: Exception) -> None:
        log.info("%s Using MQTT 3.1.1 from now on.", why)
        self._versions = (V311,)
