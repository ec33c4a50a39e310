"""The raw border of ``crop``: agreement with OpenCV, hostile regions, arrays of the wrong kind."""

from __future__ import annotations

import math
import platform

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from visaged._native import crop

Roi = tuple[float, float, float, float]

OPENCV_IS_OFF_BY = 2 if platform.machine() == "aarch64" else 1
"""Grey levels: there OpenCV resizes by Carotene and KleidiCV, which take fewer bits. Ours are the same everywhere."""


def noise(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def grey_levels(network_input: NDArray[np.float32]) -> NDArray[np.int64]:
    """Undo the normalisation: (size, size, 3)."""
    levels: NDArray[np.float64] = network_input[0].transpose(1, 2, 0).astype(np.float64) * 128 + 127.5
    assert (levels == np.rint(levels)).all()
    return levels.astype(np.int64)


def upstream_crop(image: NDArray[np.uint8], roi: Roi, size: int) -> NDArray[np.int64]:
    """3DDFA_V2's way: pad, cut, resize."""
    x1, y1, x2, y2 = (round(corner) for corner in roi)
    height, width = image.shape[:2]
    padded = np.zeros((y2 - y1, x2 - x1, 3), np.uint8)
    rows, columns = slice(max(y1, 0), min(y2, height)), slice(max(x1, 0), min(x2, width))
    if rows.start < rows.stop and columns.start < columns.stop:
        padded[rows.start - y1 : rows.stop - y1, columns.start - x1 : columns.stop - x1] = image[rows, columns]
    return cv2.resize(padded, (size, size), interpolation=cv2.INTER_LINEAR).astype(np.int64)


def region(x: float, y: float, width: float, height: float) -> Roi:
    return x, y, x + width, y + height


corners, sides, lengths = st.floats(-150, 250), st.floats(2, 400), st.integers(1, 130)
regions = st.builds(region, corners, corners, sides, sides)


@given(height=lengths, width=lengths, roi=regions, size=lengths)
def test_crop_is_upstreams_but_for_how_opencv_rounds(height: int, width: int, roi: Roi, size: int) -> None:
    image, out = noise(height, width), np.full((1, 3, size, size), np.nan, np.float32)
    crop(image, roi, out)
    assert np.abs(upstream_crop(image, roi, size) - grey_levels(out)).max() <= OPENCV_IS_OFF_BY


@given(roi=regions)
def test_the_fast_path_gives_the_bits_of_the_scalar_one(roi: Roi) -> None:
    image, (fast, scalar) = noise(90, 120), np.empty((2, 1, 3, 120, 120), np.float32)
    crop(image, roi, fast)
    crop(image, roi, scalar, scalar=True)
    assert np.array_equal(scalar, fast)


any_float = st.floats() | st.integers(-(1 << 21), 1 << 21).map(float)


@given(roi=st.tuples(any_float, any_float, any_float, any_float))
def test_any_four_numbers_give_a_crop_or_a_value_error(roi: Roi) -> None:
    out = np.full((1, 3, 16, 16), np.nan, np.float32)
    try:
        crop(noise(20, 20), roi, out)
    except ValueError as exc:
        assert "ROI" in str(exc)
    else:
        assert np.isfinite(out).all()


@pytest.mark.parametrize(
    ("roi", "complaint"),
    [
        ((math.nan, 0, 9, 9), "not a finite number"),
        ((0, 0, math.inf, 9), "not a finite number"),
        ((5, 5, 5.4, 9), "is empty"),
        ((9, 9, 5, 5), "is empty"),
        ((0, 0, 32769, 9), "32768 pixels"),
        ((-2e6, 0, 9, 9), "1048576 pixels"),
    ],
)
def test_an_impossible_roi_is_a_value_error(roi: Roi, complaint: str, network_input: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match=complaint):
        crop(noise(20, 20), roi, network_input)


def test_rows_of_a_wider_picture_are_read_in_place(network_input: NDArray[np.float32]) -> None:
    view = noise(200, 300)[20:150, 30:170]
    expected = network_input.copy()
    crop(view.copy(), (10, 20, 140, 120), expected)
    crop(view, (10, 20, 140, 120), network_input)
    assert np.array_equal(expected, network_input)


def test_a_roi_may_be_an_array(network_input: NDArray[np.float32]) -> None:
    expected = network_input.copy()
    crop(noise(50, 50), (1, 2, 31, 32), expected)
    crop(noise(50, 50), np.array([1, 2, 31, 32], np.float32), network_input)
    assert np.array_equal(expected, network_input)


WRONG_IMAGES = {
    "float": noise(20, 20).astype(np.float32),
    "grey": noise(20, 20)[..., 0],
    "BGRA": np.zeros((20, 20, 4), np.uint8),
    "flipped": noise(20, 20)[::-1],
    "mirrored": noise(20, 20)[:, ::-1],
    "thinned": noise(20, 20)[:, ::2],
    "RGB view": noise(20, 20)[..., ::-1],
    "transposed": noise(20, 20).transpose(1, 0, 2),
    "repeated": np.broadcast_to(noise(1, 20), (20, 20, 3)),
    "no rows": np.zeros((0, 20, 3), np.uint8),
    "no columns": np.zeros((20, 0, 3), np.uint8),
}


@pytest.mark.parametrize("kind", WRONG_IMAGES)
def test_an_image_of_the_wrong_kind_is_a_value_error(kind: str, network_input: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match="image"):
        crop(WRONG_IMAGES[kind], (0, 0, 10, 10), network_input)


def unaligned() -> NDArray[np.float32]:
    return np.zeros(4 * 3 * 16 * 16 + 1, np.uint8)[1:].view(np.float32).reshape(1, 3, 16, 16)


WRONG_OUTPUTS = {
    "double": np.zeros((1, 3, 16, 16), np.float64),
    "big-endian": np.zeros((1, 3, 16, 16), ">f4"),
    "no batch": np.zeros((3, 16, 16), np.float32),
    "two": np.zeros((2, 3, 16, 16), np.float32),
    "two channels": np.zeros((1, 2, 16, 16), np.float32),
    "nothing": np.zeros((1, 3, 0, 0), np.float32),
    "channels last": np.zeros((1, 16, 16, 3), np.float32).transpose(0, 3, 1, 2),
    "unaligned": unaligned(),
    "repeated": np.broadcast_to(np.float32(0), (1, 3, 16, 16)),
}


@pytest.mark.parametrize("kind", WRONG_OUTPUTS)
def test_an_output_of_the_wrong_kind_is_a_value_error(kind: str) -> None:
    with pytest.raises(ValueError, match=r"out must|crop's sides"):
        crop(noise(20, 20), (0, 0, 10, 10), WRONG_OUTPUTS[kind])


def test_a_read_only_output_is_a_value_error(network_input: NDArray[np.float32]) -> None:
    network_input.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        crop(noise(20, 20), (0, 0, 10, 10), network_input)


@pytest.mark.parametrize("roi", [(1, 2, 3), "abcd", None, (1, 2, 3, "4")])
def test_a_roi_that_is_not_four_numbers_is_a_type_error(roi: object, network_input: NDArray[np.float32]) -> None:
    with pytest.raises(TypeError):
        crop(noise(20, 20), roi, network_input)  # type: ignore[arg-type]  # that is the point


def test_a_rectangle_is_resized_along_both_axes_and_normalised_by_channel() -> None:
    image, out = noise(60, 80), np.zeros((1, 3, 20, 40), np.float32)
    crop(image, (0, 0, 80, 60), out, mean=(104.0, 117.0, 123.0), scale=0.5)
    expected = (cv2.resize(image, (40, 20)).astype(np.float32) - (104, 117, 123)) * 0.5
    assert np.abs(out[0].transpose(1, 2, 0) - expected).max() <= 0.5
