"""A session that others may use while the thread that owns it waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

from visaged.mqtt.session import Session


class Lent:
    """``with lent:`` is the owner's own use of the session. To send on the thread that has something to send is done
    sooner than to wake another."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._session: Session | None = None

    def give(self, session: Session) -> None:
        """From now on others may use it, each in their turn."""
        self._session = session

    def take_back(self) -> None:
        """From now on nobody else uses it."""
        with self._turn:
            self._session = None

    def use(self, send: Callable[[Session], None]) -> bool:
        """Any thread: ``send`` now, if it is nobody's turn; whether all has gone, and the owner need not look up."""
        if not self._turn.acquire(blocking=False):
            return False
        try:
            session = self._session
            if session is None:
                return False
            send(session)
            return not session.congested
        finally:
            self._turn.release()

    def __enter__(self) -> None:
        self._turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn.release()
