"""What a camera offers, and which of it suits what is asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from visaged.sources.faults import ReaderError
from visaged.sources.settings import CameraSettings

RAW = ("YUYV", "UYVY", "NV12", "YU12", "GREY")
COMPRESSED = ("MJPG", "JPEG")
FORMATS = RAW + COMPRESSED
"""What can be decoded."""

_SMALL_PIXELS = 640 * 480
"""Up to here a USB 2 cable carries raw pictures at the full rate, and they need no decoding."""

_FULL_RATE = 30.0
_RATE_TOLERANCE = 0.02  # 30000/1001 is asked for as 30
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Mode:
    """One format at one size in pixels; ``rates`` are frames per second, empty where the camera does not say.

    ``any_rate``: everything between the slowest and the fastest of ``rates`` is offered, too.
    """

    fourcc: str
    width: int
    height: int
    rates: tuple[float, ...] = ()
    any_rate: bool = False

    def offers(self, fps: float) -> bool:
        """Whether it can give ``fps``; 0: any."""
        if not fps or not self.rates:
            return True
        if self.any_rate and min(self.rates) <= fps <= max(self.rates):
            return True
        return any(abs(rate - fps) <= _RATE_TOLERANCE * rate for rate in self.rates)


def choose(name: str, modes: Sequence[Mode], own: tuple[int, int], settings: CameraSettings) -> Mode:
    """The mode that suits ``settings`` best; ``own`` is the camera's size where none is asked for.

    Of one size the fastest up to 30 a second; small ones raw, for nothing need be decoded, larger ones as JPEG, for a
    cable carries more of them. ReaderError names what is offered where nothing suits.
    """
    if not modes:
        raise ReaderError("unsupported", f"{name} offers no format that can be read, which are {_list(FORMATS)}")
    nearest = min(modes, key=lambda mode: abs(mode.width * mode.height - own[0] * own[1]))
    sized = [mode for mode in modes if _has_size(mode, settings, nearest)]
    if not sized:
        asked = f"{settings.width or 'any'} x {settings.height or 'any'}"
        offered = _list(
            f"{width} x {height}" for width, height in sorted({(mode.width, mode.height) for mode in modes})
        )
        raise ReaderError("unsupported", f"{name} offers no {asked} (source.width, source.height) but {offered}")
    timed = [mode for mode in sized if mode.offers(settings.fps)]
    if not timed:
        rates = sorted({rate for mode in sized for rate in mode.rates})
        between = "anything between " if all(mode.any_rate for mode in sized) else ""
        size = f"{sized[0].width} x {sized[0].height}"
        offered = between + _list(f"{rate:.4g}" for rate in rates)
        raise ReaderError("unsupported", f"{name} gives at {size} no {settings.fps:g} pictures a second but {offered}")
    return min(timed, key=_rank)


def _has_size(mode: Mode, settings: CameraSettings, own: Mode) -> bool:
    if not settings.width and not settings.height:
        return (mode.width, mode.height) == (own.width, own.height)
    return settings.width in (0, mode.width) and settings.height in (0, mode.height)


def _rank(mode: Mode) -> tuple[float, int, bool]:
    """The smallest is the best."""
    fastest = min(max(mode.rates, default=_FULL_RATE), _FULL_RATE)
    pixels = mode.width * mode.height
    return -round(fastest), pixels, (mode.fourcc in COMPRESSED) == (pixels <= _SMALL_PIXELS)


def _list(offered: Iterable[str]) -> str:
    items = list(offered)
    return ", ".join(items[:_MOST_LISTED]) + (", ..." if len(items) > _MOST_LISTED else "")
