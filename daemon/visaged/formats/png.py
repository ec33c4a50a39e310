"""PNG: pictures without loss."""

from __future__ import annotations

from typing import Any

import cv2
from numpy.typing import NDArray

from visaged.errors import VisagedError


def encode_png(picture: NDArray[Any]) -> bytes:
    """The bytes of a PNG of (h, w) uint8 or uint16, (h, w, 3) uint8 BGR or (h, w, 4) uint8 BGRA.

    Raises VisagedError for a picture that cannot be encoded, such as an empty one.
    """
    try:
        done, encoded = cv2.imencode(".png", picture)
    except cv2.error as exc:
        raise VisagedError(_failure(picture)) from exc
    if not done:
        raise VisagedError(_failure(picture))
    return encoded.tobytes()


def _failure(picture: NDArray[Any]) -> str:
    return f"a picture of {' x '.join(map(str, picture.shape))} cannot be encoded as PNG"
