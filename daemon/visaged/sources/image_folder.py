"""The pictures of a folder, as if they were a video."""

from __future__ import annotations

import logging
import re
import time
from pathlib import Path

from visaged.errors import SourceError
from visaged.sources.base import USUAL_FPS, Closing
from visaged.sources.picture import SUFFIXES, read_picture
from visaged.values import Frame, Picture

log = logging.getLogger("visaged.sources")

_DIGITS = re.compile(r"(\d+)")


class ImageFolder(Closing):
    """The pictures in ``path`` (not below it) in natural order: ``2.jpg`` before ``10.jpg``.

    ``fps`` is the rate they count as taken at, 0 for 25. A picture that cannot be read is skipped with a warning and
    leaves a gap in the index. ``SourceError`` if there are no pictures or none can be read.
    """

    live = False

    def __init__(self, path: Path, fps: float = 0.0) -> None:
        self.name = str(path)
        self.fps = fps or USUAL_FPS
        self._step = 1.0 / self.fps
        self._files = _pictures(path)
        self.frame_count = len(self._files)
        self._next = 0
        self._any_read = False

    def read(self) -> Frame | None:
        """The next picture that can be read; ``Frame.name`` is its file name."""
        while self._next < len(self._files):
            index = self._next
            self._next += 1
            try:
                image = read_picture(self._files[index])
            except SourceError as exc:
                log.warning("skipped: %s", exc)
                continue
            self._any_read = True
            name = self._files[index].name
            return Frame(Picture(image), index, time.time(), time.monotonic(), index * self._step, name)
        if self._files and not self._any_read:
            raise SourceError(f"not one of the {len(self._files)} pictures in {self.name} can be read")
        return None

    def close(self) -> None:
        """Forget the files that are left."""
        self._files = []


def _pictures(path: Path) -> list[Path]:
    try:
        found = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file()]
    except OSError as exc:
        raise SourceError(f"cannot read the folder {path}: {exc.strerror or exc}") from exc
    if not found:
        raise SourceError(f"there are no pictures in the folder {path} ({', '.join(sorted(SUFFIXES))})")
    return sorted(found, key=_natural)


def _natural(file: Path) -> tuple[list[tuple[int, int, str]], str]:
    """Numbers inside names compare as numbers; the plain name decides between equals (``1.jpg``, ``01.jpg``)."""
    parts = (part for part in _DIGITS.split(file.name.lower()) if part)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts], file.name
