"""Being interrupted while something is written that must not be left half done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from visaged.errors import VisagedError
from visaged.signals import handled_by, heeded


class InterruptedRunError(VisagedError):
    """Somebody ended the run before it was done."""


@contextmanager
def interruptible(consequence: str) -> Iterator[None]:
    """Inside, the first signal to end raises an InterruptedRunError that states the ``consequence``.

    Those that follow are ignored, so that the block can clean up behind itself; and so are those that were ignored
    before, as ``nohup`` asks for.
    """
    numbers = heeded()

    def end(number: int, _: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise InterruptedRunError(f"interrupted by {signal.Signals(number).name}; {consequence}")

    with handled_by(end, numbers):
        yield
