"""A camera or stream that a process of its own reads: every frame has a deadline, and what hangs is killed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from visaged.sources.base import Closing, SourceLostError
from visaged.sources.child import Child, EndedError, SilentError
from visaged.sources.decode import YUV420, decode
from visaged.sources.faults import Trouble
from visaged.sources.packets import LABEL_SIZE, Label, Packet, unpack
from visaged.sources.settings import CameraSettings
from visaged.values import Frame

_MOST_DRAINED = 64
_PERIODS = 3.0  # as many frames of a slow camera may be late by
_MOST_S = 20.0  # but well within the watchdog's patience, whatever rate the camera declares

IsThere = Callable[[], bool]


class Framing(Protocol):
    """Where in the bytes from a process one picture ends and the next begins."""

    def next(self, child: Child, deadline: float) -> Packet:
        """The next picture; the errors of ``Child.fill``, ValueError where the bytes make no sense."""
        ...


class Labelled:
    """Pictures of our own readers: each after its label."""

    def next(self, child: Child, deadline: float) -> Packet:
        """The next picture."""
        head = memoryview(bytearray(LABEL_SIZE))
        child.fill(head, deadline)
        label = unpack(head)
        return Packet(label, _body(child, label.size, deadline))


class Unlabelled:
    """Pictures of one size in YUV 4:2:0 without gaps, one after the other."""

    def __init__(self, width: int, height: int, fps: float) -> None:
        self._label = Label(YUV420, width, height, width, width * height * 3 // 2, 0, 0.0, fps)

    def next(self, child: Child, deadline: float) -> Packet:
        """The next picture, taken when the last of it came."""
        body = _body(child, self._label.size, deadline)
        label = self._label._replace(mono=time.monotonic())
        self._label = label._replace(number=label.number + 1)
        return Packet(label, body)


class SupervisedCamera(Closing):
    """The newest frames that ``child`` reads.

    ``name`` is fit for messages. ``explain(last words)`` says why the process has ended, ``is_there`` whether what it
    reads is there at all, None where that is not known.
    """

    live = True
    frame_count = None

    def __init__(
        self,
        name: str,
        child: Child,
        framing: Framing,
        settings: CameraSettings,
        *,
        explain: Callable[[str], Trouble],
        is_there: IsThere | None = None,
    ) -> None:
        self.name = name
        self.fps: float | None = settings.fps or None
        self._child = child
        self._framing = framing
        self._settings = settings
        self._explain = explain
        self._is_there = is_there
        self._opened_at = time.monotonic()
        self._patience = settings.open_timeout_s

    def read(self) -> Frame:
        """The newest frame that can be decoded; ``t`` is seconds since the source was opened.

        ``SourceLostError`` if none comes in time, or the process ends.
        """
        deadline = time.monotonic() + self._patience
        damaged = 0
        try:
            self._child.wait(deadline)
            begun = time.monotonic()
            deadline = min(deadline, begun + self._settings.stall_timeout_s)
            while True:
                packet = self._newest(deadline)
                picture = decode(packet)
                if picture is not None:
                    break
                damaged += 1
                self._child.wait(deadline)
        except SilentError as exc:
            raise self._lost(Trouble("stalled", self._silence(damaged))) from exc
        except EndedError as exc:
            raise self._lost(self._explain(self._child.last_words())) from exc
        except ValueError as exc:
            raise self._lost(Trouble("ended", f"what reads {self.name} sends no pictures")) from exc
        label = packet.label
        self.fps = label.fps or self.fps
        self._patience = patience_s(self._settings.stall_timeout_s, self.fps)
        utc = time.time() - (time.monotonic() - label.mono)
        t = label.mono - self._opened_at
        return Frame(picture, label.number, utc, label.mono, t)

    def interrupt(self) -> None:
        """Any thread: let a read that waits end soon."""
        self._child.interrupt()

    def close(self) -> None:
        """End the process, by force if need be."""
        self._child.end()

    @property
    def spent_s(self) -> float:
        """What the process took, once it is closed."""
        return self._child.spent_s

    def _newest(self, deadline: float) -> Packet:
        """What was left in the pipe while nobody looked is passed over."""
        packet = self._framing.next(self._child, deadline)
        for _ in range(_MOST_DRAINED):
            if not self._child.has_more():
                break
            packet = self._framing.next(self._child, deadline)
        return packet

    def _silence(self, damaged: int) -> str:
        return f"{self.name} sends {'only damaged' if damaged else 'no'} pictures"

    def _lost(self, trouble: Trouble) -> SourceLostError:
        return SourceLostError(trouble.reason, trouble.fault, self._is_there)


def patience_s(stall_timeout_s: float, fps: float | None) -> float:
    """Seconds that the next picture may take of a camera that gives ``fps`` of them a second, as far as is known."""
    return min(_MOST_S, max(stall_timeout_s, _PERIODS / (fps or _PERIODS)))


def _body(child: Child, size: int, deadline: float) -> memoryview:
    body = np.empty(size, np.uint8).data  # which, unlike a bytearray, is not cleared first
    child.fill(body, deadline)
    return body
