"""Judges the pictures of a camera: those that never change, show nothing, or come too seldom."""

from __future__ import annotations

from collections import deque

from visaged.backoff import Backoff
from visaged.sources.base import SourceLostError
from visaged.sources.faults import Trouble
from visaged.values import Frame, Image, Picture

NOTICE_S = 1.5
"""How long pictures are black, or slow, before it is said."""

BLACK_BELOW = 8.0
"""Mean brightness, of 255, of a picture that shows nothing. A dark car has a display or a lamp somewhere, and noise."""

SLOW_BELOW, ENOUGH_ABOVE = 0.5, 0.7
"""Of the rate that was asked for: where it becomes slow, and where it is no more."""

LOOK_S = 0.2
"""How often pictures are looked at while all is well."""

_SAMPLES = 32
_COARSE = 8
_FEWEST = 4
_BLACK = Trouble("black", "the camera's picture is black; is its lens covered, or is it dark?")


class Watch:
    """Hears of every frame of one camera, over all the times that it is opened.

    ``frozen_s``: how long a picture may stay the same, bit by bit, which a sensor's noise never lets happen; 0: for
    ever. ``black_retry``: how long a black camera is left alone before it is opened again to see whether that helps.
    """

    def __init__(self, frozen_s: float, black_retry: Backoff) -> None:
        self._frozen = _Frozen(frozen_s)
        self._black = _Black(black_retry)
        self._slow = _Slow()
        self._shown: Trouble | None = None
        self._is_new = True
        self._look_at = 0.0

    def opened(self) -> None:
        """The next frame is the first since the camera was opened."""
        self._is_new = True
        self._frozen.opened()
        self._black.opened()
        self._slow.opened()

    def see(self, frame: Frame, fps: float | None) -> Trouble | None:
        """What is wrong with the camera, judged by its frames up to this one; ``fps`` is how many it should give.

        ``SourceLostError`` where it should be opened again.
        """
        if self._shown is not None or self._is_new:
            self._look(frame)
        return self._shown or self._slow.see(frame, fps)

    def look(self, frame: Frame) -> None:
        """While all is well: look at the frame when others have it, every now and then; ``see`` tells of it with the
        next one. ``SourceLostError`` as for ``see``."""
        if self._shown is None and frame.mono >= self._look_at:
            self._look(frame)

    def _look(self, frame: Frame) -> None:
        self._is_new = False
        self._look_at = frame.mono + LOOK_S
        self._shown = self._judged(frame)

    def _judged(self, frame: Frame) -> Trouble | None:
        """What is wrong with what the pictures show."""
        if _sample(frame.picture).mean() < BLACK_BELOW:
            return self._black.see(frame.mono)
        self._black.over()
        return self._frozen.see(frame)


class _Frozen:
    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._first: Picture | None = None
        self._since = 0.0
        self._count = 0
        self._told = False

    def opened(self) -> None:
        self._first = None  # a picture that differs from those before is none that moves

    def see(self, frame: Frame) -> Trouble | None:
        if not self._after_s:
            return None
        if self._first is None:
            self._begin(frame)
        elif not frame.picture.shows_the_same(self._first):
            self._told = False
            self._begin(frame)
        else:
            self._count += 1
        if frame.mono - self._since >= self._after_s and self._count >= _FEWEST:
            self._told = True
            raise SourceLostError(self._trouble.reason, "frozen")
        return self._trouble if self._told else None

    def _begin(self, frame: Frame) -> None:
        self._first = frame.picture
        self._since, self._count = frame.mono, 0

    @property
    def _trouble(self) -> Trouble:
        return Trouble("frozen", f"the camera has sent the same picture for {self._after_s:g} s or more")


class _Black:
    def __init__(self, retry: Backoff) -> None:
        self._retry = retry
        self._since: float | None = None
        self._retry_at: float | None = None

    def opened(self) -> None:
        self._retry_at = None

    def over(self) -> None:
        if self._since is not None:
            self._since = self._retry_at = None
            self._retry.reset()

    def see(self, now: float) -> Trouble | None:
        self._since = now if self._since is None else self._since
        if now - self._since < NOTICE_S:
            return None
        if self._retry_at is None:
            self._retry_at = now + self._retry.next()
        if now >= self._retry_at:
            raise SourceLostError(_BLACK.reason, "black")
        return _BLACK


class _Slow:
    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._trouble: Trouble | None = None

    def opened(self) -> None:
        self._seen.clear()

    def see(self, frame: Frame, fps: float | None) -> Trouble | None:
        if not fps:
            return None
        window_s = max(NOTICE_S, _FEWEST / fps)
        self._seen.append((frame.mono, frame.index))
        while len(self._seen) > 2 and frame.mono - self._seen[1][0] >= window_s:
            self._seen.popleft()
        (began, first), passed = self._seen[0], frame.mono - self._seen[0][0]
        if began < frame.mono and passed >= window_s:
            self._judge((frame.index - first) / passed, fps)
        return self._trouble

    def _judge(self, rate: float, fps: float) -> None:
        """The rate itself is not told: when this is noticed it still counts pictures from before."""
        if rate >= ENOUGH_ABOVE * fps:
            self._trouble = None
        elif rate < SLOW_BELOW * fps and self._trouble is None:
            self._trouble = Trouble("slow", f"the camera gives far fewer than the {fps:g} pictures a second it should")


def _sample(picture: Picture) -> Image:
    """Every so many pixels, so that judging costs next to nothing."""
    image = picture.part((0, 0, picture.width, picture.height), _COARSE).image
    step = max(1, min(image.shape[:2]) // _SAMPLES)
    return image[::step, ::step]
