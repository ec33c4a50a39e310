"""What every source of frames offers, and the errors it raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, TypeVar

from visaged.errors import SourceError
from visaged.sources.faults import Fault, Trouble
from visaged.values import Frame

_Self = TypeVar("_Self", bound="Closing")

USUAL_FPS = 25.0
"""Of what declares no rate."""


class SourceLostError(SourceError):
    """A camera or stream is not there now, or not as it should be; opening it again later may help.

    ``is_there`` takes a quick look whether it is there at all; None where only opening it can tell.
    """

    def __init__(self, reason: str, fault: Fault = "gone", is_there: Callable[[], bool] | None = None) -> None:
        super().__init__(reason)
        self.trouble = Trouble(fault, reason)
        self.is_there = is_there


@dataclass(frozen=True, slots=True)
class Format:
    """What a source delivers: pixels, and the rate that it declares, None where it declares none."""

    width: int
    height: int
    fps: float | None


class Source(Protocol):
    """Frames, one after the other.

    ``name`` is fit for messages (no credentials). ``live`` sources (cameras, streams) never end: the latest frame is
    what counts, and they are opened again when lost. ``fps`` is the rate that is declared or, of a stream, was asked
    for; None where there is none.
    ``frame_count`` is how many frames there should be, None where that is not known.
    ``spent_s``: the processor's seconds of the process that has read it, once it is closed; 0 where there was none.
    """

    @property
    def name(self) -> str: ...

    @property
    def live(self) -> bool: ...

    @property
    def fps(self) -> float | None: ...

    @property
    def frame_count(self) -> int | None: ...

    @property
    def spent_s(self) -> float: ...

    def read(self) -> Frame | None:
        """The next frame, None at the end of a source that ends; ``SourceError`` says in one sentence what went wrong.

        A live source raises ``SourceLostError``.
        """
        ...

    def interrupt(self) -> None:
        """Any thread: let a ``read`` that waits for a camera end soon, with ``SourceLostError``."""
        ...

    def close(self) -> None:
        """Release the device or file; harmless when repeated."""
        ...

    def __enter__(self) -> Source: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """``with source:`` closes the source; a read that never waits long needs no ``interrupt``."""

    @property
    def spent_s(self) -> float:
        """There was no process."""
        return 0.0

    def interrupt(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Release what the source holds."""
        raise NotImplementedError

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
