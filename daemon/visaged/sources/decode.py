"""Pictures as cameras send them, to BGR."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from visaged.sources.packets import Label, Packet
from visaged.values import Image, Picture

JPEG = frozenset({"MJPG", "JPEG"})
BGR = "BGR3"
YUV420 = "YU12"

_FLAGS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}

_PACKED = {"YUYV": cv2.COLOR_YUV2BGR_YUYV, "UYVY": cv2.COLOR_YUV2BGR_UYVY}
_PLANAR = {"NV12": cv2.COLOR_YUV2BGR_NV12, YUV420: cv2.COLOR_YUV2BGR_I420}


def decode(packet: Packet, reducible: float = 1.0) -> Picture | None:
    """The picture; None where it is damaged, cut off, or none at all.

    ``reducible``: by how much it may be reduced. That saves time for JPEG alone, which is decoded at a half, a quarter
    or an eighth of its size where its sides can be divided by that.
    """
    label = packet.label
    bytes_ = np.frombuffer(packet.data, np.uint8)
    try:
        if label.fourcc in JPEG:
            factor = _factor(label, reducible)
            image = _jpeg(packet.data, bytes_, _FLAGS[factor])
            return None if image is None else Picture(image, factor)
        image = _raw(label, bytes_)
        return None if image is None else Picture(image)
    except (cv2.error, ValueError):  # ValueError: fewer bytes than rows need
        return None


def _factor(label: Label, reducible: float) -> int:
    sides = label.width, label.height
    return max(factor for factor in _FLAGS if factor <= max(1.0, reducible) and not any(s % factor for s in sides))


def _jpeg(data: memoryview, bytes_: NDArray[np.uint8], flag: int) -> Image | None:
    if bytes(data[:2]) != b"\xff\xd8" or b"\xff\xd9" not in bytes(data[-1024:]):  # some cameras pad with zeros
        return None
    image = cv2.imdecode(bytes_, flag)
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
