"""Single pictures, good and bad."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visaged.errors import SourceError
from visaged.sources import headers
from visaged.sources.picture import read_picture

SUFFIXES = (".jpg", ".png", ".bmp", ".webp", ".tiff")
SMOOTH = cv2.resize(np.random.default_rng(0).integers(0, 255, (6, 9, 3)).astype(np.uint8), (90, 60))


def encoded(suffix: str, image: object = SMOOTH, flags: tuple[int, ...] = ()) -> bytes:
    return cv2.imencode(suffix, np.asarray(image), flags)[1].tobytes()


def refused(path: Path, data: bytes | None = None) -> str:
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_picture(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_picture_is_bgr_of_its_size(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "a").write_bytes(encoded(suffix))
    image = read_picture(tmp_path / "a")
    assert (image.shape, str(image.dtype)) == ((60, 90, 3), "uint8")
    assert np.abs(image.astype(int) - SMOOTH).mean() < 8


@pytest.mark.parametrize(
    ("suffix", "image"),
    [
        (".png", SMOOTH[..., 0].astype(np.uint16) << 8),
        (".tiff", SMOOTH.astype(np.uint16) << 8),
        (".jpg", SMOOTH[..., 0]),
        (".png", np.dstack([SMOOTH, SMOOTH[..., 0]])),
    ],
)
def test_grey_deep_and_transparent_pictures_become_8_bit_bgr(tmp_path: Path, suffix: str, image: object) -> None:
    (tmp_path / "a").write_bytes(encoded(suffix, image))
    read = read_picture(tmp_path / "a")
    assert (read.shape, str(read.dtype)) == ((60, 90, 3), "uint8")
    assert np.abs(read[..., 0].astype(int) - SMOOTH[..., 0]).mean() < 8


def test_exif_orientation_turns_the_picture(tmp_path: Path) -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    jpeg = encoded(".jpg")
    (tmp_path / "a.jpg").write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
    assert read_picture(tmp_path / "a.jpg").shape == (90, 60, 3)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
def test_a_truncated_picture_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    data = encoded(suffix)
    refused(tmp_path / f"a{suffix}", data[: int(len(data) * share)])


def test_a_truncated_jpeg_with_a_whole_thumbnail_inside_is_refused(tmp_path: Path) -> None:
    jpeg = encoded(".jpg")
    thumbnail = b"\xff\xe1" + struct.pack(">H", len(jpeg) + 2) + jpeg
    assert "cut off" in refused(tmp_path / "a.jpg", jpeg[:2] + thumbnail + jpeg[2:-200])


def test_a_png_with_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    data = bytearray(encoded(".png"))
    data[len(data) // 2] ^= 1
    assert "damaged" in refused(tmp_path / "a.png", bytes(data))


def test_a_picture_that_claims_an_absurd_size_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    data = bytearray(encoded(".png"))
    data[16:24] = struct.pack(">II", 60000, 60000)
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    assert "is too large (60000 x 60000)" in refused(tmp_path / "a.png", bytes(data))


def test_what_is_no_picture_is_said(tmp_path: Path) -> None:
    assert "is empty (0 bytes)" in refused(tmp_path / "a.jpg", b"")
    assert "is not a picture" in refused(tmp_path / "a.jpg", b"just text\n" * 50)
    assert "is a folder, not a picture" in refused(tmp_path)
    assert "No such file or directory" in refused(tmp_path / "none.jpg")
    assert "is a device, not a picture" in refused(Path("/dev/zero"))
    assert "null byte" in refused(Path("a\0b"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_header_of_a_whole_picture_is_complete(suffix: str) -> None:
    assert headers.parse(encoded(suffix)) == headers.Header(90, 60, complete=True)


@pytest.mark.parametrize(
    ("suffix", "flags"),
    [(".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)), (".webp", (cv2.IMWRITE_WEBP_QUALITY, 101))],
)
def test_progressive_jpeg_and_lossless_webp_are_understood(suffix: str, flags: tuple[int, ...]) -> None:
    assert headers.parse(encoded(suffix, flags=flags)) == headers.Header(90, 60, complete=True)


@settings(max_examples=300)
@given(st.sampled_from(SUFFIXES), st.integers(0, 400), st.binary(max_size=40), st.integers(0, 2000))
def test_a_header_of_damaged_bytes_never_raises(suffix: str, at: int, junk: bytes, length: int) -> None:
    data = encoded(suffix)
    headers.parse((data[:at] + junk + data[at + len(junk) :])[:length])
