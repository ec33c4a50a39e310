"""Single pictures through the made networks."""

import numpy as np
import pytest

from visaged.values import Detection, Picture
from visaged.vision.roi import roi_from_box

SQUARES = [(128, 64), (384, 64), (128, 256), (384, 256)]


@pytest.fixture
def four_faces():
    """Four bright squares, the first the brightest."""
    image = np.zeros((480, 640, 3), np.uint8)
    for (x, y), grey in zip(SQUARES, (255, 240, 225, 210), strict=True):
        image[y : y + 64, x : x + 64] = grey
    return image


def test_the_best_faces_come_first_and_are_not_more_than_asked(open_made, four_faces):
    for count in (1, 3, 4, 9):
        faces = open_made(f"track.max_faces={count}").still().detect(four_faces)
        assert [face.box[:2] for face in faces] == [
            pytest.approx((x - 32, y - 32), abs=0.5) for x, y in SQUARES[:count]
        ]


def test_a_detected_face_has_the_detectors_box_score_and_region(made_vision, four_faces):
    detection = made_vision.detector.detect(Picture(four_faces))[0]
    face = made_vision.still().detect(four_faces)[0]
    assert Detection(face.box, face.score) == detection
    assert face.roi == made_vision.detector.roi(detection.box)
    assert face.id == 0


def test_given_boxes_are_enlarged_and_given_regions_are_not(made_vision, four_faces):
    box = (100.0, 50.0, 160.0, 130.0)
    (enlarged,) = made_vision.still().at_boxes(four_faces, [box])
    (plain,) = made_vision.still().at_rois(four_faces, [box])
    assert (enlarged.box, enlarged.roi, enlarged.score) == (box, roi_from_box(box), 1.0)
    assert (plain.box, plain.roi, plain.score) == (box, box, 1.0)


def test_given_boxes_keep_their_order_and_number(made_vision, four_faces):
    boxes = [(10.0 * i, 5.0, 10.0 * i + 80, 90.0) for i in range(9)][::-1]
    assert [face.box for face in made_vision.still().at_boxes(four_faces, boxes)] == boxes


def test_no_boxes_are_no_faces(made_vision, four_faces):
    assert made_vision.still().at_boxes(four_faces, []) == []


def test_a_given_box_far_outside_is_a_face_that_is_not_valid(made_vision, four_faces):
    (face,) = made_vision.still().at_boxes(four_faces, [(5000.0, 5000.0, 5100.0, 5100.0)])
    assert (face.valid, face.reason) == (False, "out_of_frame")


@pytest.mark.parametrize(("bright", "reason"), [(slice(160, 192), None), (slice(192, 224), "upside_down")])
def test_a_region_is_looked_at_both_ways_up(made_vision, bright, reason):
    image = np.zeros((480, 640, 3), np.uint8)
    image[bright, 160:224] = 255
    (face,) = made_vision.still().at_rois(image, [(96.0, 96.0, 288.0, 288.0)])
    assert face.reason == reason
