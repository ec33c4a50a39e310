"""A pipe that wakes a thread out of ``poll``."""

from __future__ import annotations

import contextlib
import os


class Waker:
    """``wake`` from any thread makes ``fileno`` readable until ``clear``; many wakes count as one."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)

    def fileno(self) -> int:
        """The end to poll for reading."""
        return self._reader

    def wake(self) -> None:
        """Make the sleeper look up; a full pipe means that it will anyway."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._writer, b"w")

    def clear(self) -> None:
        """Forget all wakes so far."""
        with contextlib.suppress(BlockingIOError):
            while len(os.read(self._reader, 4096)) == 4096:
                pass

    def __del__(self) -> None:
        os.close(self._reader)
        os.close(self._writer)
