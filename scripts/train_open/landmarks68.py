"""Where the 68 landmarks of iBUG 300-W lie on our mesh.

Each is a place on MediaPipe's mesh: one of its points, the middle of two, or a part of the way along a line of them.
"""

import numpy as np

JAW = (127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356)
"""From ear to ear; the 17 points of the jaw divide it evenly."""
BROWS = ((70, 46), (63, 53), (105, 52), (66, 65), (107, 55), (336, 285), (296, 295), (334, 282), (293, 283), (300, 276))
"""The upper and the lower border; the landmarks lie between."""
BRIDGE = (168, 6, 197, 195, 5, 4)
"""From between the eyes to the tip of the nose; four landmarks divide it evenly."""
OTHERS = (98, 97, 2, 326, 327)  # below the nose
EYES = (33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380)
LIPS = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91, 78, 81, 13, 311, 308, 402, 14, 178)


def landmark_indices(vertices: np.ndarray) -> np.ndarray:
    """(68,) int32: the vertices nearest to the landmarks' places; ``vertices`` (N, 3), the first 478 MediaPipe's."""
    places = [
        *along(vertices[list(JAW)], 17),
        *[(vertices[a] + vertices[b]) / 2 for a, b in BROWS],
        *along(vertices[list(BRIDGE)], 4),
        *vertices[list(OTHERS + EYES + LIPS)],
    ]
    return np.array([np.linalg.norm(vertices - place, axis=1).argmin() for place in places], np.int32)


def along(line: np.ndarray, count: int) -> np.ndarray:
    """(count, 3): places that divide a polyline evenly, ends included."""
    lengths = np.concatenate([[0], np.linalg.norm(np.diff(line, axis=0), axis=1).cumsum()])
    return np.stack([np.interp(np.linspace(0, lengths[-1], count), lengths, axis) for axis in line.T], 1)
