"""Width and height from a picture's first bytes, and whether its end is there, without decoding it.

Decoding would need memory for whatever size a header claims, and some decoders return half a picture for half a file.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Header:
    """``width`` and ``height`` in pixels as stored, ``complete`` unless the file is known to be cut off or damaged."""

    width: int
    height: int
    complete: bool


def parse(data: bytes) -> Header | None:
    """The header of a JPEG, PNG, BMP, WebP or TIFF; None for anything else or a header that is cut off."""
    for magic, reader in _READERS:
        if data.startswith(magic):
            try:
                return reader(data)
            except (struct.error, IndexError, KeyError):  # the header ends before it says the size
                return None
    return None


def _jpeg(data: bytes) -> Header | None:
    """ITU-T T.81, annex B: segments up to the start of scan, then entropy-coded data up to the end marker."""
    at, size = 2, None
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = data[at + 1]
        if data[at] != 0xFF:
            return None
        (length,) = struct.unpack_from(">H", data, at + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            size = struct.unpack_from(">HH", data, at + 5)
        if marker == 0xDA:
            return Header(size[1], size[0], data.find(b"\xff\xd9", at) >= 0) if size else None
        at += 2 + length


def _png(data: bytes) -> Header:
    """PNG specification, section 5: chunks of length, kind, content and checksum, IHDR first, IEND last."""
    width, height = struct.unpack_from(">II", data, 16)
    at, kind, intact = 8, b"", True
    while intact and kind != b"IEND" and at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 8 + length
        intact = data[end : end + 4] == zlib.crc32(memoryview(data)[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return Header(width, height, intact and kind == b"IEND")


def _bmp(data: bytes) -> Header:
    if struct.unpack_from("<I", data, 14)[0] == 12:  # the header of OS/2
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    (size,) = struct.unpack_from("<I", data, 2)
    return Header(abs(width), abs(height), len(data) >= size)


def _webp(data: bytes) -> Header | None:
    """RFC 9649: a canvas size (VP8X), a lossless (VP8L) or a lossy (VP8) bit stream."""
    (size,) = struct.unpack_from("<I", data, 4)
    complete, kind = len(data) >= size + 8, data[12:16]
    if data[8:12] != b"WEBP":
        return None
    if kind == b"VP8X":
        return Header(1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little"), complete)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return Header(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), complete)
    width, height = struct.unpack_from("<HH", data, 26)
    return Header(width & 0x3FFF, height & 0x3FFF, complete)


def _tiff(data: bytes) -> Header:
    """TIFF 6.0, section 2: tags 256 and 257 of the first directory; its decoder notices missing strips itself."""
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, at)
    sizes: dict[int, int] = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        if tag in (256, 257):
            sizes[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, entry + 8)[0]
    return Header(sizes[256], sizes[257], complete=True)


_READERS: tuple[tuple[bytes, Callable[[bytes], Header | None]], ...] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"BM", _bmp),
    (b"RIFF", _webp),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
)
