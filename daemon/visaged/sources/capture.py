"""The thread that reads the source and keeps the mailbox filled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from visaged.sources.base import Format, Source, SourceLostError
from visaged.sources.faults import NO_USE, WITH_FRAMES, Trouble
from visaged.sources.fork_server import end_idle
from visaged.sources.mailbox import Mailbox
from visaged.sources.opening import Opening
from visaged.sources.pacing import TimeLine
from visaged.sources.watch import Watch
from visaged.thread_name import show_thread_name
from visaged.values import Frame

Pace = Literal["realtime", "fast"]

_STEP_WHERE_NO_RATE_IS_DECLARED_S = 0.04
_LONGEST_WAIT_S = 0.1
_SIGN_OF_LIFE_S = 0.5
_SETTLED_S = 5.0
"""What gives pictures for less than this and is lost again is left alone for longer and longer."""


class Capture:
    """Reads frames of the source that ``open_source(patience in seconds)`` opens into ``mailbox`` until it ends, fails
    or is stopped.

    ``pace``: a file's frames come when they are due ("realtime") or each as soon as the one before was taken ("fast");
    live sources are always taken as they come. ``loop`` plays a file again at its end: ``index``, ``utc`` and ``mono``
    of its frames keep growing, ``t`` starts again. A live source that is lost, or whose pictures ``watch`` does not
    accept, is opened again when ``opening`` says so, sooner where it was not there and is again.
    ``on_state(trouble)`` is called from the capture's thread, only when something changes: what is wrong, None with the
    first good frame. ``on_wait`` is called every now and then while a lost source, or the time of a file's next frame,
    is waited for.
    """

    def __init__(
        self,
        open_source: Callable[[float], Source],
        *,
        pace: Pace,
        loop: bool,
        opening: Opening,
        mailbox: Mailbox,
        watch: Watch,
        on_state: Callable[[Trouble | None], None],
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        self._open_source = open_source
        self._pace = pace
        self._loop = loop
        self._opening = opening
        self._mailbox = mailbox
        self._watch = watch
        self._on_state = on_state
        self._on_wait = on_wait
        self._reported: list[Trouble | None] = []
        self._source: Source | None = None
        self._stopping = threading.Event()
        self._error: Exception | None = None
        self._format: Format | None = None
        self._time_line: TimeLine | None = None
        self._first_index = 0
        self._next_index = 0
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    @property
    def error(self) -> Exception | None:
        """What ended the thread before its time, None while all is well; set before the mailbox closes."""
        return self._error

    @property
    def format(self) -> Format | None:
        """Of the first frame since the source was opened, or was open last; None before there is one."""
        return self._format

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """End the thread and close the mailbox; back within ``timeout_s``.

        False if the thread has not come back by then; it is left to close its source itself, or to die with the
        process, as the processes that read cameras do.
        """
        self._stopping.set()
        self._mailbox.close()
        if (source := self._source) is not None:
            source.interrupt()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        show_thread_name()
        try:
            while not self._stopping.is_set() and self._play():
                pass
        except Exception as exc:  # noqa: BLE001 - the top of the thread: handed on as ``error``
            self._error = exc
        finally:
            self._mailbox.close()
            end_idle()

    def _play(self) -> bool:
        """Open the source once and read it; whether to open it again."""
        began = time.thread_time()
        source: Source | None = None
        try:
            with self._open_source(self._opening.patience_s(time.monotonic())) as source:
                self._source = source
                self._watch.opened()
                self._opening.began()
                try:
                    self._read(source)
                except SourceLostError as exc:
                    self._report(exc.trouble)  # before closing, which may take a while
                    raise
        except SourceLostError as exc:
            self._report(exc.trouble)
            self._pause(exc, time.thread_time() - began + (source.spent_s if source else 0.0))
            return True
        finally:
            self._source = None
        return self._loop

    def _read(self, source: Source) -> None:
        self._first_index = self._next_index
        began = time.monotonic()
        while not self._stopping.is_set():
            frame = source.read()
            if frame is None:
                return
            self._opening.arrived(frame.t)
            trouble = self._watch.see(frame, source.fps) if source.live else None
            if trouble is None or trouble.fault in WITH_FRAMES:
                if time.monotonic() - began > _SETTLED_S:
                    self._opening.settled()
                self._opened(frame, source, trouble)
                self._deliver(frame, source)
                if source.live:
                    self._watch.look(frame)
            else:
                self._next_index = self._first_index + frame.index + 1
                self._on_wait()

    def _opened(self, frame: Frame, source: Source, trouble: Trouble | None) -> None:
        """The source is there; said once, and what it delivers is known by then."""
        if self._reported != [trouble]:
            self._format = Format(frame.picture.width, frame.picture.height, source.fps)
            self._report(trouble)

    def _pause(self, lost: SourceLostError, cost_s: float) -> None:
        """Leave a source that was lost alone for a while, or until it comes back from where it was not."""
        now = time.monotonic()
        until = now + self._opening.lost(now, cost_s, is_of_no_use=lost.trouble.fault in NO_USE)
        was_there = lost.is_there is None or lost.is_there()
        while (left := until - time.monotonic()) > 0 and not self._stopping.wait(min(left, _SIGN_OF_LIFE_S)):
            self._on_wait()
            is_there = lost.is_there is None or lost.is_there()
            if is_there and not was_there:
                self._opening.returned()
                return
            was_there = is_there

    def _deliver(self, frame: Frame, source: Source) -> None:
        index = self._first_index + frame.index
        passed_over, self._next_index = index - self._next_index, index + 1
        if source.live:
            self._mailbox.put(replace(frame, index=index), passed_over)
        elif self._is_its_turn(frame, source):
            self._mailbox.put(replace(frame, index=index, utc=time.time(), mono=time.monotonic()))

    def _is_its_turn(self, frame: Frame, source: Source) -> bool:
        """Wait until a file's frame may be delivered; False if stopped meanwhile."""
        if self._pace == "fast":
            while not self._stopping.is_set() and not self._mailbox.wait_until_empty(_LONGEST_WAIT_S):
                pass
            return not self._stopping.is_set()
        if self._time_line is None:
            self._time_line = TimeLine(1.0 / source.fps if source.fps else _STEP_WHERE_NO_RATE_IS_DECLARED_S)
        due = self._time_line.due(frame.t, time.monotonic())
        while not self._stopping.wait(min(max(0.0, due - time.monotonic()), _SIGN_OF_LIFE_S)):
            if time.monotonic() >= due:
                return True
            self._on_wait()
        return False

    def _report(self, trouble: Trouble | None) -> None:
        if self._reported != [trouble] and not self._stopping.is_set():
            self._reported = [trouble]
            self._on_state(trouble)
