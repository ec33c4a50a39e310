"""How late a small fixed piece of work is done that is due at the rate of the camera, in a thread of this process.

What else the machine does makes it later, as it does the daemon; the daemon's own growth does not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

LENGTH = 100_000
"""Of the numbers whose sines take about as long as a frame, a millisecond or two, and one core."""


@contextmanager
def clockwork(fps: float) -> Iterator[list[tuple[float, float]]]:
    """Pairs of a monotonic time and by how many milliseconds the work was done after it was due."""
    ticks: list[tuple[float, float]] = []
    over = threading.Event()
    numbers = np.linspace(0.0, 1.0, LENGTH)
    result = np.empty_like(numbers)

    def run() -> None:
        began, number = time.monotonic(), 0
        while not over.wait(max(0.0, began + number / fps - time.monotonic())):
            np.sin(numbers, out=result)
            ticks.append((time.monotonic(), (time.monotonic() - began - number / fps) * 1000))
            number = max(number + 1, int((time.monotonic() - began) * fps))

    thread = threading.Thread(target=run, name="clockwork")
    thread.start()
    try:
        yield ticks
    finally:
        over.set()
        thread.join()
