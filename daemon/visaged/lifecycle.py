"""How the daemon ends: by a signal, by the end of its source, or because one of its threads has died."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from visaged.signals import handled_by


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the daemon ends; ``error`` is None where that is as it should be."""

    reason: str
    error: BaseException | None = None


class Lifecycle:
    """Where threads and signals say that it is time to end, and the main thread waits for it."""

    def __init__(self) -> None:
        # The one queue whose put() may interrupt itself, as a signal handler does.
        self._endings: queue.SimpleQueue[Ending] = queue.SimpleQueue()

    def end(self, reason: str, error: BaseException | None = None) -> None:
        """Ask the daemon to end; the first reason counts."""
        self._endings.put(Ending(reason, error))

    def wait(self, timeout_s: float) -> Ending | None:
        """The reason to end, or None where there is none within ``timeout_s``."""
        try:
            return self._endings.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """A started thread whose death by an exception ends the daemon."""
        thread = threading.Thread(target=self._guarded, args=(name, target), name=name, daemon=True)
        thread.start()
        return thread

    def _guarded(self, name: str, target: Callable[[], None]) -> None:
        try:
            target()
        except BaseException as exc:  # noqa: BLE001  the top of a thread: the main thread decides what to say
            self.end(f"the {name} thread died", exc)

    @contextmanager
    def signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT end the daemon; what they did before is put back afterwards."""
        with handled_by(self._on_signal, (signal.SIGTERM, signal.SIGINT)):
            yield

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self.end(f"received {signal.Signals(number).name}")
