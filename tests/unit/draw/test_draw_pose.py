"""The box around a head, and the words beside it."""

import cv2
import numpy as np
import pytest

from visaged.draw import draw_poses
from visaged.draw.labels import Labels
from visaged.draw.pose import angles, put_box


def turned(degrees):
    """The rotation of a head that looks to the right of the picture by so much."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    return np.float32([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]])


def middle(box):
    return (box[0] + box[2]) / 2


def test_the_box_opens_to_where_the_head_looks(face_around, picture):
    ahead, right = (put_box(picture(), face_around(150, 100, rotation=turned(degrees))) for degrees in (0, 40))
    assert middle(right) > middle(ahead) + 10


def test_the_box_is_as_large_as_the_head(face_around, picture):
    for size in (40, 80):
        x1, y1, x2, y2 = put_box(picture(), face_around(150, 100, size=size))
        assert x2 - x1 == pytest.approx(1.6 * size, abs=3) == y2 - y1


def test_words_stay_inside_the_picture(picture):
    for corner in ((-50, -50), (290, 190), (290, -50), (100, 195)):
        canvas = picture()
        Labels(canvas, []).put(["yaw +1", "pitch +2"], (*corner, corner[0] + 60, corner[1] + 60))
        dark = np.argwhere((canvas == 90 // 4).all(axis=2))
        assert len(dark) > 500
        framed = picture(400, 500)
        Labels(framed[100:300, 100:400], []).put(["yaw +1", "pitch +2"], (*corner, corner[0] + 60, corner[1] + 60))
        framed[100:300, 100:400] = 90
        assert np.all(framed == 90)


def test_words_keep_clear_of_each_other(picture):
    canvas = picture(400, 600)
    labels = Labels(canvas, [])
    written = []
    for _ in range(8):  # all at the same place
        before = canvas.copy()
        labels.put(["yaw +10", "pitch -20", "roll +30"], (200.0, 150.0, 300.0, 250.0))
        written.append((canvas != before).any(axis=2))
    assert all(mask.sum() > 500 for mask in written)
    assert np.sum(written, axis=0).max() == 1


def test_words_that_would_cover_others_or_not_fit_are_left_out(picture):
    canvas = picture(20, 80)
    labels = Labels(canvas, [])
    labels.put(["yaw +1"], (0.0, 0.0, 40.0, 20.0))
    before = canvas.copy()
    labels.put(["yaw +2"], (0.0, 0.0, 40.0, 20.0))
    labels.put(["words that are wider than all of it"], (0.0, 0.0, 40.0, 20.0))
    assert np.array_equal(canvas, before) and not np.all(canvas == 90)


@pytest.mark.parametrize("size", [12.0, 60.0, 400.0, 1500.0])
def test_words_can_be_read_at_any_size_of_face(face_around, size):
    image = np.full((2000, 3000, 3), 90, np.uint8)
    scale = 3000 / 1000  # as it is looked at on a screen
    drawn = draw_poses(image, [face_around(1500, 1000, size=size)])
    letters = np.argwhere((drawn == 255).all(axis=2))
    assert np.ptp(letters[:, 0]) / scale > 9


def test_a_face_that_is_not_believed_says_why(face_around, picture):
    doubted = face_around(150, 100, valid=False, reason="low_confidence")
    changed = [(draw_poses(picture(), [face]) == 255).all(axis=2).sum() for face in (face_around(150, 100), doubted)]
    assert changed[1] > 1.2 * changed[0]


def test_the_words_are_the_angles(face_around):
    def reading(**pose):
        return draw_poses(np.full((300, 600, 3), 90, np.uint8), [face_around(300, 200, **pose)])

    assert not np.array_equal(reading(yaw=5.0), reading(yaw=-5.0))
    assert np.array_equal(reading(yaw=5.1), reading(yaw=5.0))
    assert cv2.absdiff(reading(roll=7.0), reading(roll=8.0)).any()


def test_angles_are_whole_degrees_with_a_sign_and_zero_has_one(make_face):
    assert angles(make_face(yaw=-12.4, pitch=-0.3, roll=9.6)) == ["yaw -12", "pitch +0", "roll +10"]
