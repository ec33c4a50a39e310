"""JPEG pictures, of which parts are decoded: against the whole, however it is sent."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from visaged import _native
from visaged.sources.jpeg import JpegPicture
from visaged.values import Box, Picture
from visaged.vision.roi import aligned, in_image

WIDTH, HEIGHT = 320, 240
SAMPLINGS = {"4:2:0": 0x221111, "4:2:2": 0x211111, "4:4:4": 0x111111}
HUFFMAN_TABLES = b"\xff\xc4"


def colourful(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return np.asarray(cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX), np.uint8)


def encoded(image: NDArray[np.uint8] | None = None, sampling: str = "4:2:0", *more: int) -> bytes:
    options = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLINGS[sampling], *more]
    return cv2.imencode(".jpg", colourful() if image is None else image, options)[1].tobytes()


def segments(data: bytes) -> list[bytes]:
    """The marker segments before the scan, and all from the scan on."""
    found, at = [data[:2]], 2
    while data[at : at + 2] != b"\xff\xda":
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append(data[at:end])
        at = end
    return [*found, data[at:]]


def opened(data: bytes) -> JpegPicture:
    return JpegPicture(memoryview(data))


def whole(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("sampling", SAMPLINGS)
@given(x=st.floats(-50, 330), y=st.floats(-50, 250), side=st.floats(2, 300))
def test_what_is_cropped_of_a_part_is_what_is_cropped_of_the_whole(
    sampling: str, x: float, y: float, side: float
) -> None:
    data = encoded(sampling=sampling)
    region: Box = (x, y, x + side, y + side)
    part = opened(data).part(region)
    found, expected = np.empty((2, 1, 3, 24, 24), np.float32)
    _native.crop(part.image, in_image(region, part), found)
    _native.crop(whole(data), region, expected)
    np.testing.assert_array_equal(found, expected)


@given(
    x=st.floats(-50, 330),
    y=st.floats(-50, 250),
    side=st.floats(8, 300),
    reducible=st.sampled_from((1.0, 2.5, 4.0, 9.0)),
)
def test_a_reduced_part_shows_the_region_and_is_as_the_whole_reduced(
    x: float, y: float, side: float, reducible: float
) -> None:
    picture = opened(encoded())
    part = picture.part((x, y, x + side, y + side), reducible)
    assert part.reduced == 2 ** int(min(3, math.log2(reducible)))
    left, top, right, bottom = in_image(aligned((x, y, x + side, y + side), part), part)
    height, width = part.image.shape[:2]
    assert (left >= 0 or part.left == 0) and (top >= 0 or part.top == 0)
    assert right <= width or part.left + width * part.reduced == WIDTH or right > WIDTH / part.reduced
    assert bottom <= height or part.top + height * part.reduced == HEIGHT or bottom > HEIGHT / part.reduced
    reduced = opened(encoded()).part((0, 0, WIDTH, HEIGHT), reducible)
    x0, y0 = part.left // part.reduced, part.top // part.reduced
    np.testing.assert_array_equal(part.image, reduced.image[y0 : y0 + height, x0 : x0 + width])


@pytest.mark.parametrize(
    ("reducible", "factor"), [(0.0, 1), (1.99, 1), (2.0, 2), (3.9, 2), (4.0, 4), (8.0, 8), (100.0, 8), (math.inf, 8)]
)
def test_a_part_is_reduced_by_no_more_than_it_may_be(reducible: float, factor: int) -> None:
    part = opened(encoded()).part((0, 0, WIDTH, HEIGHT), reducible)
    assert (part.reduced, part.image.shape) == (factor, (HEIGHT // factor, WIDTH // factor, 3))


def test_a_picture_whose_sides_cannot_be_divided_is_reduced_by_less() -> None:
    part = opened(encoded(colourful(320, 230))).part((0, 0, 320, 230), 8.0)
    assert (part.reduced, part.image.shape) == (2, (115, 160, 3))


def test_what_was_decoded_is_not_decoded_again() -> None:
    picture = opened(encoded())
    part = picture.part((100, 100, 200, 200))
    assert picture.part((110, 110, 190, 190), 4.0) is part
    assert picture.part((0, 100, 200, 200)) is not part
    assert picture.part((100, 100, 200, 200), 4.0) is part
    reduced = opened(encoded())
    assert reduced.part((100, 100, 200, 200), 2.0) is not reduced.part((100, 100, 200, 200), 1.0)


def test_faces_beside_each_other_are_decoded_at_once_and_one_far_below_by_itself() -> None:
    near: list[tuple[Box, float]] = [((40, 100, 100, 160), 1.0), ((110, 100, 170, 160), 2.0)]
    together = opened(encoded())
    together.expect(near)
    part = together.part(*near[0])
    assert together.part(*near[1]) is part and part.reduced == 1
    far: list[tuple[Box, float]] = [((0, 0, 20, 20), 1.0), ((1200, 880, 1240, 920), 1.0)]
    apart = opened(encoded(colourful(1280, 960)))
    apart.expect(far)
    assert apart.part(*far[0]).image.size + apart.part(*far[1]).image.size < 40_000
    alone = opened(encoded())
    alone.expect(near[:1])
    assert alone.part(*near[0]).image.size < part.image.size


def test_the_whole_is_what_opencv_makes_of_it() -> None:
    picture = opened(encoded())
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    np.testing.assert_array_equal(picture.image, whole(encoded()))


def test_grey_pictures_and_progressive_ones_are_decoded_too() -> None:
    grey = cv2.imencode(".jpg", colourful()[:, :, 0])[1].tobytes()
    progressive = encoded(None, "4:2:0", cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    for data in (grey, progressive):
        part = opened(data).part((100, 50, 200, 150))
        height, width = part.image.shape[:2]
        np.testing.assert_array_equal(
            part.image, whole(data)[part.top : part.top + height, part.left : part.left + width]
        )


def test_motion_jpeg_may_lack_its_huffman_tables() -> None:
    data = encoded()
    bare = b"".join(segment for segment in segments(data) if not segment.startswith(HUFFMAN_TABLES))
    assert len(bare) < len(data)
    np.testing.assert_array_equal(opened(bare).image, whole(data))


def test_what_is_damaged_in_the_middle_is_a_picture_all_the_same() -> None:
    data = encoded()
    half = len(data) // 2
    damaged = opened(data[:half] + bytes(200) + data[half + 200 :])
    assert damaged.image.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_array_equal(damaged.image[:80], whole(data)[:80])


def test_pictures_are_the_same_by_what_was_sent_whatever_is_noted_beside_it() -> None:
    data, other = encoded(), encoded(np.roll(colourful(), 1, axis=1))
    first, *rest = segments(data)

    def noted(text: bytes) -> JpegPicture:
        comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
        return opened(b"".join([first, comment, *rest, text, b"\xff\xda"[: len(text) % 3]]))

    assert noted(b"12:00:00").shows_the_same(noted(b"12:00:01 "))
    assert not opened(data).shows_the_same(opened(other))
    assert opened(data).shows_the_same(Picture(whole(data)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut off"),
        (encoded()[:-600], "cut off"),
        (b"\xff\xd9", "."),
        (b"\xff\xd8\xff\xd9", "."),
        (b"\0\0" + encoded(), "Not a JPEG"),
        (cv2.imencode(".png", colourful())[1].tobytes() + b"\xff\xd9", "Not a JPEG"),
    ],
)
def test_what_is_no_jpeg_is_no_picture(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        opened(data)


def test_a_picture_of_too_many_pixels_is_refused_before_memory_is_taken() -> None:
    data = bytearray(encoded())
    at = data.find(b"\xff\xc0")
    data[at + 5 : at + 9] = b"\xff\x00\xff\x00"
    with pytest.raises(ValueError, match="134217728 pixels"):
        opened(bytes(data))


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ((0, 0, 10, 10, 3), "1, 2, 4 or 8"),
        ((0, 0, 10, 10, 0), "1, 2, 4 or 8"),
        ((-1, 0, 10, 10, 1), "within the picture"),
        ((0, 1, WIDTH, HEIGHT, 1), "within the picture"),
        ((0, 0, WIDTH, HEIGHT, 2), "within the picture"),
        ((2**31 - 1, 0, 10, 10, 1), "within the picture"),
        ((0, 0, 0, 10, 1), "width and height"),
        ((0, 0, 10, -5, 1), "width and height"),
    ],
)
def test_the_native_core_refuses_parts_that_are_none(wanted: tuple[int, int, int, int, int], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        _native.decode_jpeg(encoded(), *wanted)


def test_bytes_with_gaps_are_refused() -> None:
    with pytest.raises(ValueError, match="without gaps"):
        _native.jpeg_size(memoryview(encoded())[::2])
