"""A video that is written: there when it is whole, and not before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2

from visaged.errors import UsageError, VisagedError
from visaged.partial import partial_name
from visaged.sources.opencv import capture, writer
from visaged.values import Image

SUFFIX = ".mp4"
CODEC = "mp4v"
"""MPEG-4 part 2: the codec for MP4 that OpenCV's wheels can both write fast and read."""

LEAST_FREE = 1 << 20
"""Bytes on the disk below which writing ends: the encoder does not say when it can write no more."""


class VideoOutputError(VisagedError):
    """A video cannot be written."""


@contextmanager
def video_output(path: Path, fps: float) -> Iterator[VideoOutput]:
    """A video at ``path`` once the block has ended well; otherwise what was there before is still there.

    Raises UsageError for a name that is none of an MP4 file, VideoOutputError where it cannot be written.
    """
    if path.suffix.lower() != SUFFIX:
        raise UsageError(f"{path}: only MP4 is written; give the video a name that ends in {SUFFIX}")
    output = VideoOutput(path, fps)
    try:
        yield output
        output.finish()
    finally:
        output.discard()


class VideoOutput:
    """Writes to a temporary name beside ``path`` and renames at the end. ``fps``: frames per second."""

    def __init__(self, path: Path, fps: float) -> None:
        self._path = path
        self._fps = fps
        self._partial = path.with_name(partial_name(SUFFIX))
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._count = 0
        _touch(self._partial, path)

    def write(self, image: Image) -> None:
        """Add a frame; all are of one size. The codec knows even sizes only: a last odd row or column comes twice."""
        height, width = image.shape[:2]
        if self._writer is None:
            self._writer, self._size = self._open(width, height), (width, height)
        if (width, height) != self._size:
            raise VideoOutputError(
                f"frame {self._count} is {width}x{height} pixels and those before are {self._size[0]}x{self._size[1]}; "
                f"a video has one size, so {self._path} is not written"
            )
        if _free_bytes(self._partial) < LEAST_FREE:
            raise self._full()
        self._writer.write(cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE))
        self._count += 1

    def finish(self) -> None:
        """Check what was written, and give it its name."""
        if self._writer is None:
            raise VideoOutputError(f"there is not one frame to write, so {self._path} is not written")
        self._writer.release()
        readable = _count_frames(self._partial)
        if readable != self._count:
            if _free_bytes(self._partial) < LEAST_FREE:
                raise self._full()
            raise VideoOutputError(
                f"of {self._count} frames only {readable} arrived in the file, so {self._path} is not written; "
                "is there a limit on the size of files?"
            )
        self._publish()

    def discard(self) -> None:
        """Leave no half file; harmless after ``finish``."""
        if self._writer is not None:
            self._writer.release()
        with suppress(OSError):
            self._partial.unlink(missing_ok=True)

    def _open(self, width: int, height: int) -> cv2.VideoWriter:
        # An absolute path cannot be mistaken for one of FFmpeg's protocols ("tcp:...").
        opened = writer(str(self._partial.absolute()), CODEC, self._fps, width + width % 2, height + height % 2)
        if opened is None:
            raise VideoOutputError(
                f"a video of {width}x{height} pixels at {self._fps:g} frames a second cannot be written to {self._path}"
            )
        return opened

    def _publish(self) -> None:
        try:
            with self._partial.open("rb+") as file:
                os.fsync(file.fileno())
            self._partial.replace(self._path)
        except OSError as exc:
            raise VideoOutputError(f"{self._path} cannot be written: {exc.strerror}") from exc

    def _full(self) -> VideoOutputError:
        return VideoOutputError(f"the disk is full, so {self._path} is not written; make room, or write elsewhere")


def _touch(partial: Path, path: Path) -> None:
    """Find out now, and not after the last frame, that ``path`` cannot be written."""
    try:
        if path.is_dir():
            raise VideoOutputError(f"{path} is a folder; name a file in it")
        partial.touch(exist_ok=False)
    except OSError as exc:
        raise VideoOutputError(f"{path} cannot be written: {exc.strerror}") from exc


def _free_bytes(path: Path) -> int:
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize


def _count_frames(path: Path) -> int:
    """How many frames can be read back."""
    opened = capture(str(path.absolute()), cv2.CAP_FFMPEG)
    if opened is None:
        return 0
    count = 0
    while opened.grab():
        count += 1
    opened.release()
    return count
