"""Single pictures from disk."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from visaged.errors import SourceError
from visaged.sources import headers
from visaged.sources.opencv import quiet
from visaged.values import Image

_LARGEST_FILE = 256 * 1024 * 1024
_MOST_PIXELS = 100_000_000
_LONGEST_SIDE = 1 << 15  # what the native core crops

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".webp", ".tif", ".tiff"})
"""How the names of pictures end, in lower case."""


def read_picture(path: Path) -> Image:
    """The picture as (height, width, 3) uint8 BGR, turned as its EXIF orientation says.

    Grey becomes BGR, 16 bit become 8, an alpha channel is dropped. ``SourceError`` says why there is no picture.
    """
    data = _bytes(path)
    _check(path, data)
    quiet()
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as exc:
        raise SourceError(f"the picture {path} is damaged and cannot be decoded") from exc
    if image is None:
        raise SourceError(f"the picture {path} is damaged and cannot be decoded")
    return np.asarray(image, dtype=np.uint8)


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file() and path.exists():
            raise SourceError(f"{path} is a {'folder' if path.is_dir() else 'device'}, not a picture")
        with path.open("rb") as stream:
            data = stream.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as exc:  # ValueError: a null byte in the name
        raise SourceError(f"cannot read the picture {path}: {getattr(exc, 'strerror', None) or exc}") from exc
    if not data:
        raise SourceError(f"the picture {path} is empty (0 bytes)")
    return data


def _check(path: Path, data: bytes) -> None:
    header = headers.parse(data)
    if header is None:
        raise SourceError(f"{path} is not a picture (JPEG, PNG, BMP, WebP and TIFF are read), or only its first bytes")
    too_many = header.width * header.height > _MOST_PIXELS or max(header.width, header.height) > _LONGEST_SIDE
    if len(data) > _LARGEST_FILE or too_many:
        raise SourceError(
            f"the picture {path} is too large ({header.width} x {header.height}); at most {_MOST_PIXELS // 10**6} "
            f"megapixels, {_LONGEST_SIDE} pixels a side and {_LARGEST_FILE >> 20} MiB are read"
        )
    if header.width == 0 or header.height == 0:
        raise SourceError(f"the picture {path} is damaged: it claims a size of {header.width} x {header.height} pixels")
    if not header.complete:
        raise SourceError(f"the picture {path} is damaged or cut off")
