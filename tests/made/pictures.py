"""Pictures and videos in which the made detector finds a face wherever there is a bright square."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

WIDTH, HEIGHT = 320, 240


def picture(face: bool = True) -> Any:
    """A black picture (240, 320, 3) with or without one face in the middle."""
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    if face:
        image[96:128, 128:160] = 255
    return image


def write_picture(path: Path, face: bool = True) -> Path:
    """The same in a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture(face))
    return path


def write_video(path: Path, fps: float, faces: Iterable[bool]) -> Path:
    """A motion JPEG video with one frame for each of ``faces``, which says whether there is one."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (WIDTH, HEIGHT))
    for face in faces:
        writer.write(picture(face))
    writer.release()
    return path
