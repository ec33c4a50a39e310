"""Which version of MQTT to speak: 5 first, 3.1.1 where the broker knows no better."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from paho.mqtt.enums import MQTTProtocolVersion

from visaged.mqtt.session import ClosedEarlyError, Session, VersionRefusedError
from visaged.mqtt.settings import Protocol

log = logging.getLogger("visaged.mqtt")

V5 = MQTTProtocolVersion.MQTTv5
V311 = MQTTProtocolVersion.MQTTv311
VERSION_NAMES = {V5: "5", V311: "3.1.1"}

_VERSIONS: dict[Protocol, tuple[MQTTProtocolVersion, ...]] = {"auto": (V5, V311), "5": (V5,), "3.1.1": (V311,)}


class Dialer:
    """Opens sessions; ``make(version)`` builds one that is not open yet.

    A broker that refuses MQTT 5 by name is remembered for good. One that merely hangs up on it may have been
    restarting, so 3.1.1 is used for that one connection and 5 is tried again for the next.
    """

    def __init__(self, protocol: Protocol, make: Callable[[MQTTProtocolVersion], Session]) -> None:
        self._versions = _VERSIONS[protocol]
        self._make = make

    def dial(self, cancelled: threading.Event) -> Session:
        """A session the broker has welcomed. Raises BrokerError with the last try's sentence."""
        for version in self._versions[:-1]:
            session = self._make(version)
            try:
                session.open(cancelled)
                return session
            except VersionRefusedError as exc:
                log.info("%s Using MQTT 3.1.1 from now on.", exc)
                self._versions = (V311,)
            except ClosedEarlyError as exc:
                log.debug("%s Trying MQTT 3.1.1.", exc)
        session = self._make(self._versions[-1])
        session.open(cancelled)
        return session
