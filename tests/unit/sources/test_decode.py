"""Pictures as cameras send them, whole and damaged."""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.sources.decode import decode
from visaged.sources.packets import LABEL_SIZE, Label, Packet, unpack

HEIGHT, WIDTH = 48, 64
GREEN = (60, 180, 90)  # BGR
FLAT = np.full((HEIGHT, WIDTH, 3), GREEN, np.uint8)
I420 = cv2.cvtColor(FLAT, cv2.COLOR_BGR2YUV_I420)
Y, U, V = (int(I420.reshape(-1)[at]) for at in (0, HEIGHT * WIDTH, HEIGHT * WIDTH * 5 // 4))
JPEG = cv2.imencode(".jpg", FLAT)[1].tobytes()


def packet(fourcc: str, data: bytes, stride: int = 0) -> Packet:
    return Packet(Label(fourcc, WIDTH, HEIGHT, stride, len(data), 0, time.monotonic(), 30.0), memoryview(data))


def rows(row: bytes, gap: int) -> bytes:
    return (row + b"\xee" * gap) * HEIGHT


@pytest.mark.parametrize(
    ("fourcc", "data", "stride"),
    [
        ("YUYV", rows(bytes((Y, U, Y, V)) * (WIDTH // 2), 0), 2 * WIDTH),
        ("YUYV", rows(bytes((Y, U, Y, V)) * (WIDTH // 2), 16), 2 * WIDTH + 16),
        ("UYVY", rows(bytes((U, Y, V, Y)) * (WIDTH // 2), 16), 2 * WIDTH + 16),
        ("YU12", I420.tobytes(), WIDTH),
        ("NV12", bytes([Y]) * HEIGHT * WIDTH + bytes((U, V)) * (HEIGHT * WIDTH // 4), WIDTH),
        ("BGR3", rows(bytes(GREEN) * WIDTH, 4), 3 * WIDTH + 4),
        ("MJPG", JPEG, 0),
        ("JPEG", JPEG + b"\0" * 500, 0),
    ],
)
def test_every_format_becomes_the_same_picture(fourcc: str, data: bytes, stride: int) -> None:
    picture = decode(packet(fourcc, data, stride))
    assert picture is not None and (picture.width, picture.height, picture.image.shape) == (
        WIDTH,
        HEIGHT,
        (HEIGHT, WIDTH, 3),
    )
    assert np.abs(picture.image.astype(int) - GREEN).max() <= 4


def test_grey_becomes_grey() -> None:
    picture = decode(packet("GREY", rows(b"\x40" * WIDTH, 3), WIDTH + 3))
    assert picture is not None and np.array_equal(picture.image, np.full((HEIGHT, WIDTH, 3), 0x40))


@pytest.mark.parametrize(
    "damaged",
    [
        packet("MJPG", JPEG[: len(JPEG) // 2]),
        packet("MJPG", b"\xff\xd8\xff\xd9"),
        packet("MJPG", b""),
        packet("YUYV", b"\0" * 100, 2 * WIDTH),
        packet("YU12", b"\0" * 100, WIDTH),
        packet("YU12", b"\0" * WIDTH * HEIGHT * 2, WIDTH + 64),
        packet("XXXX", b"\0" * 100, WIDTH),
    ],
    ids=lambda damaged: damaged.label.fourcc,
)
def test_what_is_cut_off_or_unknown_is_no_picture(damaged: Packet) -> None:
    assert decode(damaged) is None


@given(st.sampled_from(["MJPG", "YUYV", "GREY", "BGR3", "NV12"]), st.binary(max_size=9000), st.integers(0, 300))
def test_no_bytes_break_the_decoder(fourcc: str, data: bytes, stride: int) -> None:
    picture = decode(packet(fourcc, data, stride))
    assert picture is None or picture.image.shape[2] == 3


def test_a_label_comes_back_as_it_was() -> None:
    label = Label("MJPG", 1280, 720, 0, 91234, 2**40, 1234.5678, 29.97)
    assert unpack(label.pack()) == label


@pytest.mark.parametrize("spoil", [lambda b: b"\0" + b[1:], lambda b: b[:20] + b"\xff" * 4 + b[24:]])
def test_bytes_that_are_no_label_are_refused(spoil: Callable[[bytes], bytes]) -> None:
    good = Label("MJPG", 1, 1, 0, 1, 0, 0.0, 0.0).pack()
    assert len(good) == LABEL_SIZE
    with pytest.raises(ValueError, match="no label"):
        unpack(spoil(good))
