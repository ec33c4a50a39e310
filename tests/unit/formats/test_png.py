"""Pictures as PNG."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from visaged.errors import VisagedError
from visaged.formats.png import encode_png


@pytest.mark.parametrize(
    ("shape", "kind"), [((3, 5), np.uint16), ((3, 5), np.uint8), ((3, 5, 3), np.uint8), ((3, 5, 4), np.uint8)]
)
def test_a_picture_comes_back_without_loss(shape: tuple[int, ...], kind: type[np.integer]) -> None:
    picture = np.random.default_rng(1).integers(0, np.iinfo(kind).max, shape, kind)
    decoded = cv2.imdecode(np.frombuffer(encode_png(picture), np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None and decoded.dtype == kind and np.array_equal(decoded, picture)


def test_an_empty_picture_is_one_sentence() -> None:
    with pytest.raises(VisagedError, match="a picture of 0 x 5 cannot be encoded as PNG"):
        encode_png(np.zeros((0, 5), np.uint8))
