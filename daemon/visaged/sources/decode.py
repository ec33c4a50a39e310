"""Pictures as cameras send them, to BGR."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from visaged.sources.packets import Label, Packet
from visaged.values import Image

JPEG = frozenset({"MJPG", "JPEG"})
BGR = "BGR3"
YUV420 = "YU12"

_REDUCED = ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4), (2, cv2.IMREAD_REDUCED_COLOR_2))

_PACKED = {"YUYV": cv2.COLOR_YUV2BGR_YUYV, "UYVY": cv2.COLOR_YUV2BGR_UYVY}
_PLANAR = {"NV12": cv2.COLOR_YUV2BGR_NV12, YUV420: cv2.COLOR_YUV2BGR_I420}


def decode(packet: Packet, reduce_to: int = 0) -> Image | None:
    """The picture as (height, width, 3) uint8 BGR; None where it is damaged, cut off, or no picture at all.

    A JPEG is decoded at a half, a quarter or an eighth of its size where its longer side keeps ``reduce_to`` pixels;
    0: never.
    """
    label = packet.label
    bytes_ = np.frombuffer(packet.data, np.uint8)
    try:
        if label.fourcc in JPEG:
            return _jpeg(packet.data, bytes_, reduction(label, reduce_to))
        return _raw(label, bytes_)
    except (cv2.error, ValueError):  # ValueError: fewer bytes than rows need
        return None


def reduction(label: Label, reduce_to: int) -> int:
    """By how much a JPEG of that size is decoded smaller: 1, 2, 4 or 8."""
    longer = max(label.width, label.height)
    return next((factor for factor, _ in _REDUCED if reduce_to and longer // factor >= reduce_to), 1)


def _jpeg(data: memoryview, bytes_: NDArray[np.uint8], factor: int) -> Image | None:
    if bytes(data[:2]) != b"\xff\xd8" or b"\xff\xd9" not in bytes(data[-1024:]):  # some cameras pad with zeros
        return None
    image = cv2.imdecode(bytes_, dict(_REDUCED).get(factor, cv2.IMREAD_COLOR))
    return None if image is None else np.asarray(image, np.uint8)


def _raw(label: Label, bytes_: NDArray[np.uint8]) -> Image | None:
    height, width, stride = label.height, label.width, label.stride
    if label.fourcc in _PLANAR:
        if stride != width:  # OpenCV takes planes without gaps only
            return None
        planes = bytes_[: height * width * 3 // 2].reshape(height * 3 // 2, width)
        return np.asarray(cv2.cvtColor(planes, _PLANAR[label.fourcc]), np.uint8)
    rows = bytes_[: height * stride].reshape(height, stride)
    if label.fourcc in _PACKED:
        pairs = np.ascontiguousarray(rows[:, : 2 * width]).reshape(height, width, 2)
        return np.asarray(cv2.cvtColor(pairs, _PACKED[label.fourcc]), np.uint8)
    if label.fourcc == "GREY":
        return np.asarray(cv2.cvtColor(np.ascontiguousarray(rows[:, :width]), cv2.COLOR_GRAY2BGR), np.uint8)
    return rows[:, : 3 * width].reshape(height, width, 3) if label.fourcc == BGR else None
