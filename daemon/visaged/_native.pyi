"""The native core: the network's input, landmarks and pose. Arrays are borrowed, never converted.

An array of another dtype, shape or memory layout than stated raises ``ValueError`` (something that is no array
``TypeError``). Cropping and landmarks are done without the GIL.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

_Roi: TypeAlias = Sequence[float] | NDArray[np.floating[Any]]

def crop(
    image: NDArray[np.uint8],
    roi: _Roi,
    out: NDArray[np.float32],
    mean: tuple[float, float, float] = (127.5, 127.5, 127.5),
    scale: float = 1 / 128,
    scalar: bool = False,
) -> None:
    """Cut ``roi`` out of ``image``, resize it bilinearly and write (grey - mean) * scale to ``out``.

    ``image`` (height, width, 3), BGR: pixels contiguous, rows downwards with any stride. ``roi`` x1, y1, x2, y2 in
    pixels, rounded to integers as ``round`` does; what lies outside the image is black. ``out`` (1, 3, height, width)
    float32, C-contiguous, writable. ``mean``: of the blue, green and red channel. Gives the grey levels of
    ``cv2.resize`` with ``INTER_LINEAR``. ``scalar`` forces the reference code, which gives the same bits.

    ``ValueError``: a ROI that is not finite, is empty after rounding, or has a side over 32768 or a corner beyond
    +-1048576 pixels.
    """

def pose(
    params: NDArray[np.float32],
) -> tuple[NDArray[np.float32], tuple[float, float, float, float], tuple[float, float, float], float, float]:
    """Head pose from de-normalised parameters (12 or more,), the first 12 a row-major 3x4 matrix [A | t].

    Returns ``rotation`` (3, 3) float32, head to camera (x right, y up, z at the viewer), the orthogonal factor of A's
    polar decomposition; ``quaternion`` (w, x, y, z) with w >= 0; (yaw, pitch, roll) in degrees with
    R = Rx(pitch) Ry(yaw) Rz(roll) as in AFLW2000-3D; ``scale``, the mean singular value of A in pixels of the crop per
    model unit; ``distortion``, the largest singular value over the smallest, minus 1 (0: A is a scaled rotation).
    Where A is not finite, singular or mirrored: NaN throughout and an infinite distortion.
    """

def bounds(landmarks: NDArray[np.float32]) -> tuple[float, float, float, float]:
    """The tight box x1, y1, x2, y2 around ``landmarks`` (n, 3); NaN throughout where a coordinate is not finite."""

class LandmarkModel:
    """The rows of a linear morphable model that belong to some landmarks (copied; immutable; safe between threads)."""

    def __init__(self, mean: NDArray[np.float32], basis: NDArray[np.float32]) -> None:
        """``mean`` (3 n,): x, y, z of each landmark in turn, model units. ``basis`` (3 n, K), a column per coefficient.

        ``ValueError`` where n or K is 0 or the two do not fit together.
        """

    def landmarks(self, params: NDArray[np.float32], roi: _Roi, size: int = 120) -> NDArray[np.float32]:
        """(n, 3) float32: x, y in image pixels, z in pixels at image scale, larger is nearer to the camera.

        ``params`` (12 + K,) de-normalised: a row-major 3x4 matrix [A | t], then the coefficients. ``roi`` x1, y1, x2,
        y2 in pixels is what was cropped, ``size`` (> 0) the side of the crop. Values that are not finite pass through.
        """
