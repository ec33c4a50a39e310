"""YuNet's working size and what its numbers mean."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.vision.yunet import STRIDES, YuNet

sides = st.one_of(st.integers(1, 40), st.integers(1, 32768))


def random_outputs(width, height, seed=0):
    random = np.random.default_rng(seed)
    outputs = []
    for name, last in YuNet.outputs.items():
        rows = YuNet().rows(width, height)[name]
        low, high = (-1.5, 1.5) if last == 4 else (-0.2, 1.2)
        outputs.append(random.uniform(low, high, (1, rows, last)).astype(np.float32))
    return outputs


def decoded_slowly(outputs, width, height, threshold):
    """Cell by cell: score sqrt(cls * obj), centre and points (cell + offset) * stride, size exp(size) * stride."""
    by_name = dict(zip(YuNet.outputs, outputs, strict=True))
    boxes, scores, points = [], [], []
    for stride in STRIDES:
        cells = [(row, column) for row in range(height // stride) for column in range(width // stride)]
        for index, (row, column) in enumerate(cells):
            face, centre = (min(max(by_name[f"{kind}_{stride}"][0, index, 0], 0), 1) for kind in ("cls", "obj"))
            dx, dy, w, h = by_name[f"bbox_{stride}"][0, index]
            x, y = (column + dx) * stride, (row + dy) * stride
            half_width, half_height = math.exp(w) * stride / 2, math.exp(h) * stride / 2
            if math.sqrt(face * centre) > threshold:
                boxes.append((x - half_width, y - half_height, x + half_width, y + half_height))
                scores.append(math.sqrt(face * centre))
                moved = by_name[f"kps_{stride}"][0, index].reshape(5, 2)
                points.append([((column + x) * stride, (row + y) * stride) for x, y in moved])
    return np.array(boxes).reshape(-1, 4), np.array(scores), np.array(points).reshape(-1, 5, 2)


@pytest.mark.parametrize(("width", "height"), [(32, 32), (96, 64), (64, 160)])
@pytest.mark.parametrize("threshold", [0.1, 0.6, 0.99])
def test_decoding_is_that_of_the_loop_over_cells(width, height, threshold):
    outputs = random_outputs(width, height)
    found = YuNet().decode(outputs, width, height, threshold)
    boxes, scores, points = decoded_slowly(outputs, width, height, threshold)
    np.testing.assert_allclose(found.boxes, boxes, atol=1e-3)
    np.testing.assert_allclose(found.scores, scores, rtol=1e-5)
    np.testing.assert_allclose(found.points, points, atol=1e-3)
    assert found.boxes.dtype == found.scores.dtype == found.points.dtype == np.float32


def test_where_nothing_scores_there_are_no_boxes():
    found = YuNet().decode(random_outputs(64, 64), 64, 64, 1.0)
    assert (found.boxes.shape, found.scores.shape, found.points.shape) == ((0, 4), (0,), (0, 5, 2))


def test_scores_that_are_no_numbers_are_no_faces():
    outputs = [np.full_like(output, np.nan) for output in random_outputs(64, 64)]
    assert len(YuNet().decode(outputs, 64, 64, 0.1).scores) == 0


@given(sides, sides, st.integers(0, 1920))
def test_the_working_picture_is_whole_cells_and_holds_the_whole_picture(width, height, longer_side):
    view = YuNet().view(width, height, longer_side)
    wanted = -(-(longer_side or 320) // 32) * 32
    assert view.width % 32 == view.height % 32 == 0
    assert max(view.width, view.height) == wanted
    assert min(view.width, view.height) <= max(32, wanted * min(width, height) / max(width, height) + 32)
    x1, y1, x2, y2 = view.region
    assert (x1, y1) == (0, 0)
    assert x2 * view.scale == pytest.approx(view.width)
    assert y2 * view.scale == pytest.approx(view.height)
    assert x2 >= width - 0.51 / view.scale
    assert y2 >= height - 0.51 / view.scale
    assert max(x2, y2) <= max(width, height) * (1 + 1e-9)


def test_a_wide_picture_is_scaled_to_its_width_and_padded_below():
    view = YuNet().view(1280, 720, 0)
    assert (view.width, view.height, view.scale) == (320, 192, 0.25)
    assert view.region == (0, 0, 1280, 768)
