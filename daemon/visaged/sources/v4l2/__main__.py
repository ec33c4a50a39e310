"""Sets up a V4L2 camera and sends its pictures as they come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from visaged.sources.faults import ReaderError
from visaged.sources.packets import Label, Packet
from visaged.sources.reader import serve
from visaged.sources.settings import CameraSettings
from visaged.sources.v4l2 import abi
from visaged.sources.v4l2.controls import set_controls
from visaged.sources.v4l2.device import Device
from visaged.sources.v4l2.modes import choose

_OLDEST_S = 1.0

_RIBBON_DRIVERS = ("unicam", "rp1-cfe")
_RIBBON_HINT = 'a camera at a Raspberry Pi\'s ribbon is source.uri = "rpicam:0"'


def pictures(job: dict[str, Any]) -> Iterator[Packet]:
    """The pictures of the camera ``device``, set as the other keys, which are CameraSettings', say.

    A buffer that the driver marks as damaged, that is empty, or that is the one before once more is no picture.
    """
    path = job.pop("device")
    name, settings = f"the camera {path}", CameraSettings(**job)
    device = Device(path, name)
    try:
        yield from _pictures(device, name, settings)
    except ReaderError as exc:
        if device.driver not in _RIBBON_DRIVERS or exc.trouble.fault == "gone":
            raise
        raise ReaderError(exc.trouble.fault, f"{exc}; {_RIBBON_HINT}") from exc


def _pictures(device: Device, name: str, settings: CameraSettings) -> Iterator[Packet]:
    mode = choose(name, device.modes(settings), device.size(), settings)
    pix = device.set_mode(mode, settings.fps)
    set_controls(device, name, settings)
    shape, fps = (mode.fourcc, pix.width, pix.height, pix.bytesperline), device.rate()
    index, last = count(), None
    for buffer, data in device.stream():
        stamp = buffer.sequence, buffer.seconds, buffer.microseconds
        number = next(index)
        if buffer.bytesused and not buffer.flags & abi.BUFFER_ERROR and stamp != last:
            yield Packet(Label(*shape, len(data), number, _taken(buffer), fps), data)
        last = stamp


def _taken(buffer: abi.Buffer) -> float:
    """Seconds on the monotonic clock at which the driver has taken the picture; now where it does not say."""
    now = time.monotonic()
    taken = buffer.seconds + buffer.microseconds / 1e6
    monotonic = buffer.flags & abi.TIMESTAMP_MASK == abi.TIMESTAMP_MONOTONIC
    return float(taken) if monotonic and now - _OLDEST_S < taken <= now else now


if __name__ == "__main__":
    serve(pictures)
