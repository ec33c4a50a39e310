"""A stretch of work that no signal to end tears apart."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Those that ask a command to end."""


@contextmanager
def held_signals() -> Iterator[None]:
    """Inside, which is in the main thread, ``SIGNALS`` wait; the first of them that came takes effect at the end.

    Their handlers are exchanged, for a mask would not do: a thread of some library that does not block the signal
    would take it, and Python would run the handler here all the same.
    """
    came: list[int] = []
    handled = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
