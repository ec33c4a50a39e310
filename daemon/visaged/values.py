"""The value objects that travel down the pipeline, one per stage, in the order of the data flow.

They are made anew for every frame, so they are msgspec structs, which take a tenth of a frozen dataclass's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels; x right, y down; the centre of the top-left pixel is (0, 0)."""

Image = NDArray[np.uint8]
"""(height, width, 3), BGR."""

Eyes = tuple[float | None, float | None]
"""How far the person's own left and right eye are open, 0 shut to 1 open; None: not known."""

OpeningsFrom = Literal["network", "landmarks"]
"""Who says how far eyes and mouth are open: the network that was trained to, or the distances of landmarks."""


NOT_TRACKED = 0
"""The id of a face that is not tracked; tracks count from 1."""


class Part(msgspec.Struct, frozen=True):
    """A part of a picture: the top-left pixel of ``image`` is at ``left``, ``top``, and each is ``reduced`` pixels of
    the picture wide and high."""

    image: Image
    left: int = 0
    top: int = 0
    reduced: int = 1


class Picture:
    """What was captured, whole in memory. Whatever is said of a picture is in its pixels."""

    __slots__ = ("_image",)

    def __init__(self, image: Image) -> None:
        self._image = image

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self._image.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self._image.shape[0])

    @property
    def image(self) -> Image:
        """All of it."""
        return self._image

    def part(self, region: Box, reducible: float = 1.0) -> Part:
        """A part that shows all of ``region`` that is within the picture, and perhaps more.

        ``reducible``: by how much it may be reduced at most, where that saves time.
        """
        return Part(self._image)

    def expect(self, parts: Sequence[tuple[Box, float]]) -> None:
        """Regions that will be asked for, with how far each is reducible: where it saves time they are got at once."""

    def shows_the_same(self, other: Picture) -> bool:
        """Whether the two are the same, bit by bit."""
        return np.array_equal(self.image, other.image)


class Frame(msgspec.Struct, frozen=True):
    """One captured picture and when it was captured.

    ``index`` counts the frames of the source from 0, also those that were skipped later.
    ``utc`` is seconds since the epoch, ``mono`` seconds on the monotonic clock, both at capture.
    ``t`` is the position in the source in seconds (for a file its own time line, else since it was opened).
    ``name`` is the file name of a picture from a folder, else "".
    """

    picture: Picture
    index: int
    utc: float
    mono: float
    t: float
    name: str = ""

    @property
    def image(self) -> Image:
        """The whole picture."""
        return self.picture.image


class Detection(msgspec.Struct, frozen=True):
    """A face found by a detector: ``box`` in image pixels, ``score`` in [0, 1]."""

    box: Box
    score: float


class Pose(msgspec.Struct, frozen=True):
    """Head orientation.

    ``rotation`` (3, 3) float32 takes head to camera: x right, y up, z out of the screen at the viewer.
    ``quaternion`` is (w, x, y, z) with w >= 0. ``yaw``, ``pitch``, ``roll`` are degrees, from
    R = Rx(pitch) Ry(yaw) Rz(roll) as 300W-LP and AFLW2000 define them.
    ``scale`` is pixels of the 120x120 crop per model unit.
    """

    rotation: NDArray[np.float32]
    quaternion: tuple[float, float, float, float]
    yaw: float
    pitch: float
    roll: float
    scale: float


class Face(msgspec.Struct, frozen=True):
    """One face in one frame.

    ``id`` is stable while the face is tracked; 0: it is not tracked. ``score`` is the detector's, [0, 1].
    ``roi`` is the square that was cropped, ``box`` the face. ``params`` (62,) float32 are de-normalised.
    ``landmarks`` (68, 3) float32: x, y image pixels; z pixels, larger is nearer to the camera.
    ``confidence`` is in [0, 1]; where ``valid`` is false ``reason`` says why. ``eye_open`` and ``mouth_open`` (0 closed
    to 1 a wide yawn; None: not known), as ``openings_from`` says them, are never smoothed; a face that is not valid has
    none.
    """

    id: int
    score: float
    box: Box
    roi: Box
    confidence: float
    valid: bool
    reason: str | None
    pose: Pose
    landmarks: NDArray[np.float32]
    params: NDArray[np.float32]
    eye_open: Eyes = (None, None)
    mouth_open: float | None = None
    openings_from: OpeningsFrom = "landmarks"


class Mesh(msgspec.Struct, frozen=True):
    """The surface of one face in the image.

    ``vertices`` (3, N) float32: the rows are x and y in image pixels, and z in pixels at image scale, larger is nearer
    to the camera. ``scale``: image pixels per model unit.
    """

    vertices: NDArray[np.float32]
    scale: float


class DepthMap(msgspec.Struct, frozen=True):
    """How near the surface of one face is, pixel by pixel.

    ``relative_depth`` (h, w) float32: pixels at image scale, larger is nearer, NaN where the face is not. ``left`` and
    ``top``: where its top-left pixel lies in the picture. ``scale``: image pixels per model unit.
    """

    relative_depth: NDArray[np.float32]
    left: int
    top: int
    scale: float
