"""What every source of frames offers, and the errors it raises."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, TypeVar

from visaged.errors import SourceError
from visaged.values import Frame

_Self = TypeVar("_Self", bound="Closing")

USUAL_FPS = 25.0
"""Of what declares no rate."""


class SourceLostError(SourceError):
    """A camera or stream is not there now; opening it again later may help."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a source delivers: pixels, and the rate that it declares, None where it declares none."""

    width: int
    height: int
    fps: float | None


class Source(Protocol):
    """Frames, one after the other.

    ``name`` is fit for messages (no credentials). ``live`` sources (cameras, streams) never end: the latest frame is
    what counts, and they are opened again when lost. ``fps`` is the declared rate, None where there is none.
    ``frame_count`` is how many frames there should be, None where that is not known.
    """

    @property
    def name(self) -> str: ...

    @property
    def live(self) -> bool: ...

    @property
    def fps(self) -> float | None: ...

    @property
    def frame_count(self) -> int | None: ...

    def read(self) -> Frame | None:
        """The next frame, None at the end of a source that ends; ``SourceError`` says in one sentence what went wrong.

        A live source raises ``SourceLostError``.
        """
        ...

    def close(self) -> None:
        """Release the device or file; harmless when repeated."""
        ...

    def __enter__(self) -> Source: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """``with source:`` closes the source."""

    def close(self) -> None:
        """Release what the source holds."""
        raise NotImplementedError

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
