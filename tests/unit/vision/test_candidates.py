"""What a detector proposes, and the five points of a fitted face."""

import numpy as np
import pytest

from visaged.vision.candidates import Candidates, five_points

BOXES = np.float32([(0, 8, 16, 32), (4, 4, 12, 12), (8, 0, 40, 24)])
SCORES = np.float32([0.9, 0.5, 0.7])
POINTS = np.arange(30, dtype=np.float32).reshape(3, 5, 2)


@pytest.fixture(params=[POINTS, None], ids=["points", "no points"])
def candidates(request):
    return Candidates(BOXES, SCORES, request.param)


def test_the_five_points_are_the_means_of_eyes_and_single_landmarks():
    landmarks = np.random.default_rng(0).uniform(-200, 200, (68, 3)).astype(np.float32)
    ranges = [range(36, 42), range(42, 48), range(30, 31), range(48, 49), range(54, 55)]
    expected = [[sum(float(landmarks[i, axis]) for i in r) / len(r) for axis in (0, 1)] for r in ranges]
    np.testing.assert_allclose(five_points(landmarks), expected, atol=1e-3)


def test_placed_candidates_are_scaled_back_and_then_moved(candidates):
    placed = candidates.placed(0.5, 100.0, -10.0)
    np.testing.assert_allclose(placed.boxes[0], (100, 6, 132, 54))
    assert placed.scores is candidates.scores
    if candidates.points is None:
        assert placed.points is None
    else:
        np.testing.assert_allclose(placed.points[0, :2], [(100, -8), (104, -4)])


def test_placing_at_the_same_scale_and_origin_changes_nothing(candidates):
    np.testing.assert_array_equal(candidates.placed(1.0, 0.0, 0.0).boxes, BOXES)


def test_of_the_chosen_box_score_and_points_stay_together(candidates):
    chosen = candidates.chosen(np.array([True, False, True]))
    np.testing.assert_array_equal(chosen.boxes, BOXES[[0, 2]])
    np.testing.assert_array_equal(chosen.scores, SCORES[[0, 2]])
    if candidates.points is None:
        assert chosen.points is None
    else:
        np.testing.assert_array_equal(chosen.points, POINTS[[0, 2]])


def test_of_none_chosen_nothing_is_left(candidates):
    chosen = candidates.chosen(np.zeros(3, bool))
    assert chosen.boxes.shape == (0, 4)
    assert chosen.scores.shape == (0,)
    assert chosen.points is None or chosen.points.shape == (0, 5, 2)
