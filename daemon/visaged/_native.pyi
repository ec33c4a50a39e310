"""The native core: the network's input, landmarks, pose, surfaces and their pictures.

Arrays are borrowed, never converted: one of another dtype, shape or memory layout than stated raises ``ValueError``
(something that is no array ``TypeError``). All but ``pose`` and ``bounds`` work without the GIL.
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

def jpeg_size(data: bytes | memoryview) -> tuple[int, int]:
    """Width and height in pixels of the JPEG picture in ``data``, bytes without gaps.

    ``ValueError`` says why, where there is none that can be decoded to BGR, or one of more than 2**27 pixels.
    """

def decode_jpeg(
    data: bytes | memoryview, left: int, top: int, width: int, height: int, reduced: int = 1
) -> NDArray[np.uint8]:
    """A part (height, width, 3), BGR, of the JPEG picture in ``data``, the same bits as decoding all of it.

    ``left`` and ``top`` are where it begins in the picture that is smaller by ``reduced`` (1, 2, 4 or 8) along each
    side. Damaged bytes show as what libjpeg-turbo makes of them.

    ``ValueError``: as for ``jpeg_size``, another ``reduced`` or one that does not divide both sides, and a part that is
    not within the reduced picture.
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

class DenseModel:
    """A linear morphable model of many vertices (immutable; safe between threads), in a third of its basis's memory."""

    def __init__(
        self, mean: NDArray[np.float32], bases: Sequence[NDArray[np.float32]], typical: NDArray[np.float32]
    ) -> None:
        """``mean`` (3 N,): x, y, z of each vertex in turn, model units. ``bases``: arrays (3 N, k), a column per
        coefficient in the order of the parameters. ``typical``: the usual size of each coefficient, which decides which
        columns are kept more finely.

        ``ValueError`` where N or the number of columns is 0, there are more than 256, or numbers are not finite.
        """

    @property
    def vertices(self) -> int:
        """N."""

    @property
    def nbytes(self) -> int:
        """Memory held."""

    def project(
        self,
        params: NDArray[np.float32],
        roi: _Roi,
        out: NDArray[np.float32],
        size: int = 120,
        scalar: bool = False,
    ) -> None:
        """Write all vertices to ``out`` (3, N): rows x, y in image pixels and z in pixels, larger is nearer.

        ``params``, ``roi``, ``size`` as for ``LandmarkModel.landmarks``. NaN throughout where a coefficient is not
        finite. ``scalar`` forces the reference code, which gives the same bits.
        """

class Rasteriser:
    """Draws meshes of the same triangles with a depth buffer (keeps buffers: one object per thread).

    A pixel belongs to a triangle where its centre does, by the top-left rule; triangles that show their back are not
    drawn, nor those with a vertex that is not finite or lies beyond +-1048576 pixels. ``left`` and ``top`` say which
    pixel of the image is the first of the arrays, whose sides are 1 to 16384. ``scalar`` forces the reference code,
    which gives the same bits.
    """

    def __init__(self, triangles: NDArray[np.int32], vertices: int) -> None:
        """``triangles`` (M, 3): numbers below ``vertices``, else ``ValueError``; copied."""

    def depth(
        self, vertices: NDArray[np.float32], left: int, top: int, depth: NDArray[np.float32], scalar: bool = False
    ) -> None:
        """Write the largest z of ``vertices`` (3, N) at each pixel to ``depth`` (h, w); NaN where nothing is."""

    def colours(
        self,
        vertices: NDArray[np.float32],
        colours: NDArray[np.uint8],
        left: int,
        top: int,
        depth: NDArray[np.float32],
        picture: NDArray[np.uint8],
        scalar: bool = False,
    ) -> None:
        """The same, and ``colours`` (N, 4) interpolated to ``picture`` (h, w, 3), 0 where nothing is."""

    def triangles(
        self,
        vertices: NDArray[np.float32],
        left: int,
        top: int,
        depth: NDArray[np.float32],
        triangle: NDArray[np.int32],
        weights: NDArray[np.float32],
        scalar: bool = False,
    ) -> None:
        """The same as ``depth``, and which triangle is seen in ``triangle`` (h, w), -1 where none is, and the weights
        of its second and third corner in ``weights`` (h, w, 2), which are only written where one is seen."""

    def normals(self, vertices: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """Write unit normals to ``out`` (N, 4): x right, y down, z at the viewer, 0; zero where there is none."""

def normal_colours(normals: NDArray[np.float32], out: NDArray[np.uint8]) -> None:
    """Write normals (N, 4) as colours to ``out`` (N, 4): blue for z, green for y (up), red for x, -1..1 as 0..255."""

def lit_colours(normals: NDArray[np.float32], out: NDArray[np.uint8]) -> None:
    """Write the greys of a surface with these normals (N, 4), lit from above the viewer's left, to ``out`` (N, 4)."""

def blend(
    depth: NDArray[np.float32],
    picture: NDArray[np.uint8],
    left: int,
    top: int,
    alpha: float,
    under: NDArray[np.uint8],
    target: NDArray[np.uint8],
) -> None:
    """Write ``picture`` over ``under`` to ``target`` wherever ``depth`` is not NaN; ``alpha`` of the picture shows.

    ``under`` and ``target`` (height, width, 3) are as for ``crop``, of the same size, and may be the same.
    """

def visibility(
    points: NDArray[np.float32], depth: NDArray[np.float32], left: int, top: int, tolerance: float
) -> NDArray[np.bool_]:
    """(n,): false for those of ``points`` (3, n) that a surface hides: ``depth`` is a number at one or more of the
    four pixels around them, and nearer by more than ``tolerance`` pixels at each where it is.

    A point outside of ``depth`` is seen; one that is not finite is not.
    """

class Unwrapper:
    """Pulls the texture of a mesh out of pictures (immutable; safe between threads)."""

    def __init__(self, uv: NDArray[np.float32], triangles: NDArray[np.int32], size: int) -> None:
        """``uv`` (N, 2) in [0, 1], v up. ``triangles`` (M, 3). ``size``: texels a side, 2 to 16384."""

    def unwrap(
        self,
        vertices: NDArray[np.float32],
        image: NDArray[np.uint8],
        depth: NDArray[np.float32],
        left: int,
        top: int,
        tolerance: float,
        texture: NDArray[np.uint8],
        seen: NDArray[np.bool_],
    ) -> None:
        """Fill ``texture`` (size, size, 3) from ``image`` and ``seen`` (size, size); both are 0 where the mesh's place
        is hidden (as for ``visibility``), outside the image, or where a texel belongs to no triangle."""
