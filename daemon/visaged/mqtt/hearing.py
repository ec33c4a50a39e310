"""What comes over the connections of one publisher, what keeps it from coming, and how much of it is too much."""

from __future__ import annotations

from visaged.errors import BrokerError
from visaged.mqtt import explain
from visaged.mqtt.endings import TooLongError
from visaged.mqtt.guard import guard
from visaged.mqtt.incoming import Inbound, Incoming
from visaged.mqtt.patience import STABLE_S
from visaged.mqtt.ration import Ration
from visaged.mqtt.session import Session

READING_SHARE, READING_BURST_S = 0.02, 0.1
"""Of a processor core, for what others send: a flood must not take the time that frames need."""

FIRST_RELIEF_S, LONGEST_RELIEF_S = 20.0, 320.0
"""After so long in a flood a new connection leaves behind what the broker still holds of it, which may take minutes to
be read when the flood itself is over; where it is not, the next one comes after twice as long."""


class Hearing:
    """``inbound``: who wants to hear; None: nobody. Belongs to the publisher's thread."""

    def __init__(self, inbound: Inbound | None) -> None:
        self.ration = Ration(READING_SHARE, READING_BURST_S) if inbound is not None else None
        self._inbound = inbound
        self._denied: str | None = None
        self._flooded = False
        self._too_long = 0
        self._deaf: str | None = None
        self._relieved = 0.0
        self._relief_s = FIRST_RELIEF_S

    @property
    def receives(self) -> bool:
        """Whether anything is listened to."""
        return self._inbound is not None

    def begin(self, session: Session) -> None:
        """Subscribe on a new connection, unless what comes has ended the last ones."""
        if self._deaf is not None:
            self.subscribed(self._deaf)
        elif self._inbound is not None:
            session.subscribe(list(self._inbound.topics))

    def ended(self, end: BrokerError, lived_s: float) -> None:
        """A connection that had held for ``lived_s`` ended for this reason."""
        # A retained message that is too long comes again and again, and would end every connection.
        self._too_long = self._too_long + 1 if isinstance(end, TooLongError) and lived_s < STABLE_S else 0
        self._deaf = str(end) if self._too_long > 1 else None

    def received(self, message: Incoming) -> None:
        """A message has come."""
        if self._inbound is not None:
            guard(self._inbound.on_message, message)

    def subscribed(self, denied: str | None) -> None:
        """The broker agrees to the subscriptions, or ``denied`` says why not."""
        self._denied = denied
        if self._inbound is not None:
            guard(self._inbound.on_subscribed, denied or (explain.FLOOD if self._flooded else None))

    def watch(self, now: float) -> bool:
        """Tell of a flood, and of its end, at ``now`` (monotonic seconds); whether to connect again because of it."""
        flooded = self.ration is not None and self.ration.is_flooded(now)
        if flooded != self._flooded:
            self._flooded, self._relieved, self._relief_s = flooded, now, FIRST_RELIEF_S
            self.subscribed(self._denied)
        if not flooded or now - self._relieved < self._relief_s:
            return False
        self._relieved, self._relief_s = now, min(2 * self._relief_s, LONGEST_RELIEF_S)
        return True
