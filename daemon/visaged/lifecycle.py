"""How the daemon ends, by a signal, by the end of its source, or because one of its threads has died; and what else it
is asked to do while it runs: to change its configuration."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

from visaged.config import Loaded
from visaged.signals import handled_by
from visaged.thread_name import show_thread_name

_Made = TypeVar("_Made")

_LOOK_S = 0.05


class EndingError(Exception):
    """What was begun is not finished, for the daemon was asked to end; goes up to who waits for that."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the daemon ends; ``error`` is None where that is as it should be. ``is_order``: somebody wants it so,
    whatever configuration is in force."""

    reason: str
    error: BaseException | None = None
    is_order: bool = False


Load = Callable[[], Loaded]
"""Gives a configuration that is valid; raises ConfigError where there is none."""

Done = Callable[[str | None], None]
"""Hears what a change came to: None, or why the configuration is rejected."""


@dataclass(frozen=True, slots=True)
class Change:
    """Go on with the configuration that ``load`` gives, or as before where it raises VisagedError.

    ``done`` is called in the main thread once that is decided; None: nobody asks.
    """

    load: Load
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Something that is for the main thread."""

    action: Callable[[], None]


class Lifecycle:
    """Where threads and signals say what is to be done, and the main thread waits for it.

    To end comes before everything else; to reload once is enough, however often it was asked for meanwhile.
    """

    def __init__(self) -> None:
        # The one queue whose put() may interrupt itself, as a signal handler does.
        self._requests: queue.SimpleQueue[Ending | Change | Task] = queue.SimpleQueue()
        self._endings: queue.SimpleQueue[Ending] = queue.SimpleQueue()
        self._reload: Load | None = None
        self._is_reload_due = False
        self._has_begun = False

    @property
    def is_ending(self) -> bool:
        """Whether the daemon was asked to end."""
        return not self._endings.empty()

    def begin(self) -> None:
        """There is something to be ended now; before, a signal to end just ends the process, with exit status 0."""
        self._has_begun = True

    def end(self, reason: str, error: BaseException | None = None, *, is_order: bool = False) -> None:
        """Ask the daemon to end; the first reason counts."""
        self._endings.put(ending := Ending(reason, error, is_order))
        self._requests.put(ending)

    def change(self, load: Load) -> None:
        """Ask the daemon to go on with the configuration that ``load`` gives; it is called in the main thread."""
        self._requests.put(Change(load))

    def call(self, action: Callable[[], None]) -> None:
        """Have the main thread do ``action``."""
        self._requests.put(Task(action))

    def reload(self, done: Done) -> bool:
        """Do as SIGHUP does where that reads the configuration again, and tell ``done``; else false, and nothing."""
        if self._reload is None:
            return False
        self._requests.put(Change(self._reload, done))
        return True

    def put_back(self, request: Change | Task) -> None:
        """``request`` was taken, and is still to be met where there is a life after this end."""
        self._requests.put(request)

    def wait(self, timeout_s: float) -> Ending | Change | Task | None:
        """What is to be done next, or None where there is nothing within ``timeout_s``."""
        try:
            request = self._requests.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if self.is_ending:
            if not isinstance(request, Ending):
                self.put_back(request)
            return self._endings.get()
        if isinstance(request, Ending):
            return None  # it was told before what was asked earlier
        if isinstance(request, Change) and request.load is self._reload:
            self._is_reload_due = False
        return request

    def prepare(self, make: Callable[[], _Made]) -> _Made:
        """What ``make`` gives or raises. EndingError, and it is left to itself, where the daemon is asked to end.

        It has a thread of its own, because a signal to the main thread waits for the disk or the library there.
        """
        made: futures.Future[_Made] = futures.Future()
        threading.Thread(target=_fulfil, args=(made, make), name="prepare", daemon=True).start()
        while not made.done():
            self.go_on()
            futures.wait([made], _LOOK_S)
        return made.result()

    def go_on(self) -> None:
        """EndingError where the daemon was asked to end."""
        if self.is_ending:
            raise EndingError

    def thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """A started thread whose death by an exception ends the daemon."""
        thread = threading.Thread(target=self._guarded, args=(name, target), name=name, daemon=True)
        thread.start()
        return thread

    def _guarded(self, name: str, target: Callable[[], None]) -> None:
        try:
            show_thread_name()
            target()
        except BaseException as exc:  # noqa: BLE001  the top of a thread: the main thread decides what to say
            self.end(f"the {name} thread died", exc)

    @contextmanager
    def signals(self, reload: Load | None = None) -> Iterator[None]:
        """SIGTERM and SIGINT end the daemon, SIGHUP asks for the configuration of ``reload``; afterwards as before.

        Without ``reload`` SIGHUP ends the daemon, too.
        """
        self._reload = reload
        with handled_by(self._on_signal, (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)):
            yield

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP and self._reload is not None:
            if not self._is_reload_due:
                self._is_reload_due = True
                self.change(self._reload)
        elif not self._has_begun:
            os._exit(0)
        else:
            self.end(f"received {signal.Signals(number).name}", is_order=True)


def _fulfil(made: futures.Future[_Made], make: Callable[[], _Made]) -> None:
    show_thread_name()
    try:
        made.set_result(make())
    except BaseException as exc:  # noqa: BLE001  the top of a thread: raised again where it is waited for
        made.set_exception(exc)
