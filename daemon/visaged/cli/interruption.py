"""Being interrupted while something is written that must not be left half done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from visaged.errors import VisagedError
from visaged.held_signals import SIGNALS


class InterruptedRunError(VisagedError):
    """Somebody ended the run before it was done."""


@contextmanager
def interruptible(consequence: str) -> Iterator[None]:
    """Inside, the first signal to end raises an InterruptedRunError that states the ``consequence``.

    Those that follow are ignored, so that the block can clean up behind itself; and so are those that were ignored
    before, as ``nohup`` asks for.
    """
    handled = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]

    def end(number: int, _: FrameType | None) -> None:
        for each in handled:
            signal.signal(each, signal.SIG_IGN)
        raise InterruptedRunError(f"interrupted by {signal.Signals(number).name}; {consequence}")

    before = {number: signal.signal(number, end) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
