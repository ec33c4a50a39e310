"""The thread that takes snapshots and writes them, so that no frame ever waits for a disk, and one that watches it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from visaged.backoff import Backoff
from visaged.errors import SnapshotError
from visaged.mqtt.payload import Stamp
from visaged.snapshots.desk import Desk, Queue
from visaged.snapshots.folder import StoreError
from visaged.snapshots.photographer import Photographer
from visaged.snapshots.request import Outcome, Reply, Request, Saved
from visaged.snapshots.store import Store
from visaged.snapshots.triggers import Trigger, Triggers
from visaged.snapshots.trouble import Trouble
from visaged.values import Face, Frame

SLOW_S = 5.0
"""A snapshot that takes longer than this has a disk that does not keep up; nor does a command wait for it longer."""

COMMAND_S = 2.0
"""How long a command waits for a frame."""

MAX_COMMANDS = 8
TICK_S = 0.5
TIDY_S = 600.0
NICENESS = 10


@dataclass(frozen=True, slots=True)
class Tally:
    """Snapshots since the start: on disk, dropped because too many waited or the disk was in trouble, failed.

    ``stored`` snapshots lie in the folder now and take ``size`` bytes.
    """

    saved: int
    dropped: int
    failed: int
    stored: int
    size: int


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of each snapshot on disk, each that failed, and of trouble that begins, changes or ends (None).

    Called from the pipeline's thread or the snapshots'; they must return at once.
    """

    saved: Callable[[Saved], None]
    failed: Callable[[Stamp, Face, Trigger, SnapshotError], None]
    trouble: Callable[[str | None], None]


class Snapshots:
    """Looks at every frame, and keeps the faces that are worth it.

    ``observe`` and ``ask`` return at once, from any thread; ``run`` is the work of one thread until ``stop``, ``watch``
    that of another until ``dismiss``. At most ``queue`` frames wait; beyond that the newest is dropped. With
    ``keep_images`` they hold their picture.
    """

    def __init__(
        self,
        triggers: Triggers,
        photographer: Photographer,
        store: Store,
        listeners: Listeners,
        backoff: Backoff,
        *,
        queue: int,
        keep_images: bool,
    ) -> None:
        self._triggers = triggers
        self._photographer = photographer
        self._store = store
        self._listeners = listeners
        self._trouble = Trouble(backoff, listeners.trouble)
        self._queue = Queue(queue)
        self._desk = Desk(MAX_COMMANDS, COMMAND_S, SLOW_S)
        self._keep_images = keep_images
        self._busy_since: float | None = None
        self._largest = 0
        self._tidy_at = 0.0
        self._lock = threading.Lock()
        self._dismissed = threading.Event()
        self._saved = self._dropped = self._failed = 0

    @property
    def tally(self) -> Tally:
        """How it goes."""
        usage = self._store.usage
        return Tally(self._saved, self._dropped, self._failed, usage.count, usage.size)

    def observe(self, stamp: Stamp, frame: Frame, faces: Sequence[Face]) -> None:
        """One processed frame: hand over the faces that a trigger or a command asks for."""
        now = time.monotonic()
        replies = self._desk.take(now)
        shots = self._triggers.due(faces, now)
        if replies:
            shots = [(face, "command") for face in faces]
        if shots:
            width, height = frame.picture.width, frame.picture.height
            image = frame.image if self._keep_images else None
            self._offer(Request(stamp, width, height, image, tuple(shots), replies), now)
        else:
            for reply in replies:
                reply(Outcome(error=SnapshotError("no_face", "there is no face in the picture")))

    def ask(self, reply: Reply) -> None:
        """Take all faces of the next frame; ``reply`` hears once what came of it, on whatever thread that turns out."""
        if self._desk.put(reply, time.monotonic()):
            return
        busy = SnapshotError("busy", f"{MAX_COMMANDS} commands wait already; ask again later")
        reply(Outcome(error=_stopping() if self._desk.closed else busy))

    def stop(self) -> None:
        """End ``run`` once what waits is written."""
        self._queue.close()

    def dismiss(self) -> None:
        """Answer whoever still waits, whatever the disk does, and end ``watch``."""
        self._dismissed.set()
        for reply in self._desk.close():
            reply(Outcome(error=_stopping()))

    def run(self) -> None:
        """Write snapshots until stopped."""
        with suppress(OSError):  # a system that does not let us be modest
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        while not self._queue.finished:
            self._maintain(time.monotonic())
            request = self._queue.take(TICK_S)
            if request is not None:
                self._serve(request)

    def watch(self) -> None:
        """Until dismissed, do what cannot wait for a disk that hangs: notice it, and answer who waits too long."""
        while not self._dismissed.wait(TICK_S):
            self._look(time.monotonic())

    def _look(self, now: float) -> None:
        slow = SnapshotError("disk_slow", f"{self._store.path} is too slow: a snapshot takes more than {SLOW_S:g} s")
        since = self._busy_since
        if since is not None and now - since > SLOW_S:
            self._trouble.begin(slow, now, blocking=False)
        for reply in self._desk.without_disk(now):
            reply(Outcome(error=slow))
        for reply in self._desk.without_frame(now):
            reply(Outcome(error=SnapshotError("no_frame", f"no frame came within {COMMAND_S:g} s; see status")))

    def _offer(self, request: Request, now: float) -> None:
        error = self._trouble.error
        if error is not None and (self._trouble.blocking or request.replies):
            self._refuse(request, error)
        elif not self._queue.put(request):
            error = SnapshotError("busy", f"snapshots are dropped: {self._store.path} does not take them fast enough")
            self._refuse(request, error)
            self._trouble.begin(error, now, blocking=False)

    def _refuse(self, request: Request, error: SnapshotError) -> None:
        with self._lock:
            self._dropped += len(request.shots)
        request.answer(Outcome(error=error))

    # From here on everything runs on the thread of the snapshots.

    def _maintain(self, now: float) -> None:
        if self._trouble.retry_due(now):
            self._attempt(lambda: self._store.try_out(self._largest))
        elif not self._trouble.blocking and now >= self._tidy_at:
            self._tidy_at = now + TIDY_S
            self._attempt(self._store.tidy)
        elif not self._trouble.blocking and not self._queue:
            self._trouble.over()  # what was too slow has caught up

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            with self._timed():
                work()
        except StoreError as exc:
            self._block(exc)
        else:
            self._trouble.over()

    def _serve(self, request: Request) -> None:
        """Every face of ``request``; where the disk fails the rest of them has failed, too."""
        saved: list[Saved] = []
        error: SnapshotError | None = None
        for face, trigger in request.shots:
            try:
                if isinstance(error, StoreError):
                    raise error
                saved.append(self._take(request, face, trigger))
            except SnapshotError as exc:
                error = exc
                self._fail(request.stamp, face, trigger, exc)
        if isinstance(error, StoreError):
            self._block(error)
        request.answer(Outcome(tuple(saved), error))

    def _take(self, request: Request, face: Face, trigger: Trigger) -> Saved:
        picture = self._photographer.take(request, face, trigger)
        self._largest = max(self._largest, picture.size)
        with self._timed():
            files = self._store.save(request.stamp.utc, face.id, picture.parts, picture.sidecar)
        saved = Saved(request.stamp, face.id, trigger, tuple(files))
        self._saved += 1
        self._listeners.saved(saved)
        return saved

    def _fail(self, stamp: Stamp, face: Face, trigger: Trigger, error: SnapshotError) -> None:
        self._failed += 1
        self._listeners.failed(stamp, face, trigger, error)

    def _block(self, error: StoreError) -> None:
        """Nothing more is tried until it is time to; what waits would only fail as well."""
        self._trouble.begin(error, time.monotonic(), blocking=True)
        for request in self._queue.drain():
            self._refuse(request, error)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        self._busy_since = time.monotonic()
        try:
            yield
        finally:
            self._busy_since = None


def _stopping() -> SnapshotError:
    return SnapshotError("stopping", "visaged stops; ask again when it is back")
