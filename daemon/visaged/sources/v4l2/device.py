"""One V4L2 device: asks what it offers, sets it, and takes its pictures."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import mmap
import os
import select
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from visaged.sources.faults import ReaderError
from visaged.sources.settings import CameraSettings
from visaged.sources.v4l2 import abi
from visaged.sources.v4l2.modes import FORMATS, Mode

_BUFFERS = 4
_GONE = (errno.ENODEV, errno.EIO, errno.ENXIO, errno.ESHUTDOWN)

_MOST = 256  # answers to one question, of a driver that would go on for ever
_T = TypeVar("_T", bound="ctypes.Structure | ctypes.c_int")


class Device:
    """The camera at ``path``, opened; ``name`` is what messages call it. ReaderError where it is none, or cannot be."""

    def __init__(self, path: str, name: str) -> None:
        self._name = name
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as exc:
            raise self._failed("opened", exc) from exc
        try:
            told = self._call(abi.QUERYCAP, abi.Capability())
        except OSError as exc:
            if exc.errno in _GONE:
                raise self._failed("opened", exc) from exc
            raise ReaderError("unsupported", f"{path} cannot be opened as a camera; it is no video device") from exc
        can = told.device_caps if told.capabilities & abi.CAP_DEVICE_CAPS else told.capabilities
        if not can & abi.CAP_VIDEO_CAPTURE or not can & abi.CAP_STREAMING:
            reason = f"{path} cannot be opened as a camera; it gives no pictures, but another number may"
            raise ReaderError("unsupported", reason)
        self.driver = told.driver.decode("latin-1")

    def size(self) -> tuple[int, int]:
        """The width and height that it is set to, in pixels."""
        form = self._form(abi.G_FMT, abi.Format(type=abi.CAPTURE))
        return form.fmt.pix.width, form.fmt.pix.height

    def modes(self, settings: CameraSettings) -> list[Mode]:
        """Everything that it offers and we can decode; of sizes without end only the one asked for, or its own."""
        wanted = (settings.width, settings.height) if settings.width and settings.height else self.size()
        return [
            Mode(fourcc, width, height, *self._rates(fourcc, width, height))
            for fourcc in self._formats()
            for width, height in self._sizes(fourcc, wanted)
        ]

    def set_mode(self, mode: Mode, fps: float) -> abi.PixelFormat:
        """Set the mode, and the rate where ``fps`` is not 0; gives what the camera has made of it."""
        form = abi.Format(type=abi.CAPTURE)
        form.fmt.pix.width, form.fmt.pix.height = mode.width, mode.height
        form.fmt.pix.pixelformat = mode.fourcc.encode()
        pix: abi.PixelFormat = self._form(abi.S_FMT, form).fmt.pix
        if (pix.width, pix.height, pix.pixelformat.decode("latin-1")) != (mode.width, mode.height, mode.fourcc):
            made = f"{pix.pixelformat.decode('latin-1')} {pix.width} x {pix.height}"
            asked = f"{mode.fourcc} {mode.width} x {mode.height}"
            raise ReaderError("unsupported", f"{self._name} offers {asked} and then gives {made}; ask for another size")
        if fps:
            rate = abi.StreamParameters(type=abi.CAPTURE, numerator=1000, denominator=round(fps * 1000))
            with contextlib.suppress(OSError):  # it has no choice of rates; rate() says which it has
                self._call(abi.S_PARM, rate)
        return pix

    def rate(self) -> float:
        """Frames per second as it declares them, 0 where it does not."""
        try:
            told = self._call(abi.G_PARM, abi.StreamParameters(type=abi.CAPTURE))
        except OSError:
            return 0.0
        return float(told.denominator / told.numerator) if told.numerator else 0.0

    def control(self, number: int) -> abi.QueryControl | None:
        """The range of a control, None where the camera has none such."""
        try:
            told = self._call(abi.QUERYCTRL, abi.QueryControl(id=number))
        except OSError:
            return None
        return None if told.flags & abi.CONTROL_DISABLED else told

    def set_control(self, number: int, value: int) -> bool:
        """Set a control; whether the camera has done so."""
        try:
            self._call(abi.S_CTRL, abi.Control(id=number, value=value))
        except OSError:
            return False
        return True

    def stream(self) -> Iterator[tuple[abi.Buffer, memoryview]]:
        """Each newest picture with its buffer, whose memory is the camera's again when the next one is asked for."""
        try:
            buffers = self._start()
        except OSError as exc:
            raise self._failed("started", exc) from exc
        ready = select.poll()
        ready.register(self._fd, select.POLLIN)
        while True:
            broken = ready.poll()[0][1] & (select.POLLERR | select.POLLHUP)
            newest = self._newest()
            if newest is None and broken:
                raise ReaderError("gone", f"{self._name} gives no more pictures; is it unplugged?")
            if newest is not None:
                yield newest, buffers[newest.index][: newest.bytesused]
                self._give_back(newest)

    def _start(self) -> Sequence[memoryview]:
        request = abi.RequestBuffers(count=_BUFFERS, type=abi.CAPTURE, memory=abi.MMAP)
        buffers = [self._map(index) for index in range(self._call(abi.REQBUFS, request).count)]
        self._call(abi.STREAMON, ctypes.c_int(abi.CAPTURE))
        return buffers

    def _map(self, index: int) -> memoryview:
        told = self._call(abi.QUERYBUF, abi.Buffer(index=index, type=abi.CAPTURE, memory=abi.MMAP))
        memory = mmap.mmap(self._fd, told.length, offset=told.m.offset)
        self._call(abi.QBUF, told)
        return memoryview(memory)

    def _newest(self) -> abi.Buffer | None:
        """What is ready; of several pictures the last, the others go back."""
        newest: abi.Buffer | None = None
        while (taken := self._take()) is not None:
            if newest is not None:
                self._give_back(newest)
            newest = taken
        return newest

    def _take(self) -> abi.Buffer | None:
        try:
            return self._call(abi.DQBUF, abi.Buffer(type=abi.CAPTURE, memory=abi.MMAP))
        except BlockingIOError:
            return None
        except OSError as exc:
            raise self._failed("read", exc) from exc

    def _give_back(self, buffer: abi.Buffer) -> None:
        try:
            self._call(abi.QBUF, buffer)
        except OSError as exc:
            raise self._failed("read", exc) from exc

    def _formats(self) -> list[str]:
        told = self._listed(abi.ENUM_FMT, lambda index: abi.FormatDescription(index=index, type=abi.CAPTURE))
        names = [each.pixelformat.decode("latin-1") for each in told]
        return [name for name in names if name in FORMATS]

    def _sizes(self, fourcc: str, wanted: tuple[int, int]) -> list[tuple[int, int]]:
        form = fourcc.encode()
        told = list(self._listed(abi.ENUM_FRAMESIZES, lambda index: abi.FrameSize(index=index, pixel_format=form)))
        if told and told[0].type != abi.DISCRETE:
            least_w, most_w, step_w, least_h, most_h, step_h = told[0].numbers
            return [(_within(wanted[0], least_w, most_w, step_w), _within(wanted[1], least_h, most_h, step_h))]
        return [(each.numbers[0], each.numbers[1]) for each in told] or [wanted]

    def _rates(self, fourcc: str, width: int, height: int) -> tuple[tuple[float, ...], bool]:
        """Frames per second, and whether all between them are offered."""
        asked = {"pixel_format": fourcc.encode(), "width": width, "height": height}
        told = list(self._listed(abi.ENUM_FRAMEINTERVALS, lambda index: abi.FrameInterval(index=index, **asked)))
        pairs = [(each.numbers[at], each.numbers[at + 1]) for each in told for at in (0, 2)]
        if told and told[0].type == abi.DISCRETE:
            return tuple(below / above for above, below in pairs[::2] if above), False
        return tuple(below / above for above, below in pairs[:2] if above), True

    def _listed(self, request: int, ask: Callable[[int], _T]) -> Iterator[_T]:
        """Answers for index 0, 1, ... until the camera has no more."""
        for index in range(_MOST):
            try:
                yield self._call(request, ask(index))
            except OSError:
                return

    def _form(self, request: int, form: abi.Format) -> abi.Format:
        try:
            return self._call(request, form)
        except OSError as exc:
            raise self._failed("set", exc) from exc

    def _call(self, request: int, argument: _T) -> _T:
        while True:
            try:
                fcntl.ioctl(self._fd, request, argument)
            except InterruptedError:
                continue
            return argument

    def _failed(self, what: str, exc: OSError) -> ReaderError:
        if exc.errno in _GONE or exc.errno == errno.ENOENT:
            return ReaderError("gone", f"{self._name} gives no more pictures; is it unplugged?")
        if exc.errno == errno.EBUSY:
            return ReaderError("refused", f"{self._name} is in use by another program; end that one")
        if exc.errno in (errno.EACCES, errno.EPERM):
            return ReaderError("refused", f"{self._name} may not be used by this user; add the user to the group video")
        return ReaderError("refused", f"{self._name} cannot be {what}: {exc.strerror}")


def _within(wanted: int, least: int, most: int, step: int) -> int:
    """The offered number nearest to ``wanted``, from below."""
    inside = min(max(wanted, least), most)
    return inside - (inside - least) % max(1, step)
