"""Pictures as cameras send them, to BGR."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from visaged.sources.jpeg import JpegPicture
from visaged.sources.packets import Label, Packet
from visaged.values import Image, Picture

JPEG = frozenset({"MJPG", "JPEG"})
BGR = "BGR3"
YUV420 = "YU12"

_PACKED = {"YUYV": cv2.COLOR_YUV2BGR_YUYV, "UYVY": cv2.COLOR_YUV2BGR_UYVY}
_PLANAR = {"NV12": cv2.COLOR_YUV2BGR_NV12, YUV420: cv2.COLOR_YUV2BGR_I420}


def decode(packet: Packet) -> Picture | None:
    """The picture; None where it is damaged, cut off, or none at all."""
    label = packet.label
    try:
        if label.fourcc in JPEG:
            return JpegPicture(packet.data)
        image = _raw(label, np.frombuffer(packet.data, np.uint8))
    except (cv2.error, ValueError):  # ValueError: fewer bytes than rows need
        return None
    return None if image is None else Picture(image)


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
