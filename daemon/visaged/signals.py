"""Signals that ask a program to end, and who handles them for a while."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Those that ask a command to end."""

Handler = Callable[[int, FrameType | None], object]


@contextmanager
def handled_by(handler: Handler, numbers: Iterable[int]) -> Iterator[None]:
    """Inside, which is in the main thread, ``handler`` hears those signals; those before are put back at the end."""
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def heeded() -> list[int]:
    """Those of ``SIGNALS`` that are not ignored; ``nohup`` asks for that."""
    return [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def held_signals() -> Iterator[None]:
    """Inside, which is in the main thread, ``SIGNALS`` wait; the first of them that came takes effect at the end.

    Their handlers are exchanged, for a mask would not do: a thread of some library that does not block the signal
    would take it, and Python would run the handler here all the same.
    """
    came: list[int] = []
    try:
        with handled_by(lambda number, _: came.append(number), heeded()):
            yield
    finally:
        if came:
            signal.raise_signal(came[0])
