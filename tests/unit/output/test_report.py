"""What the commands print."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.output.report import frame_report, line, picture_report

IMAGE = np.zeros((480, 640, 3), np.uint8)
floats32 = st.floats(width=32, allow_nan=False, allow_infinity=False)


def printed(report):
    text = line(report)
    assert "\n" not in text
    return json.loads(text)


def test_a_picture_is_reported_with_its_size_and_faces(make_face):
    report = printed(picture_report("dir/a.jpg", IMAGE, [make_face(), make_face()]))
    assert list(report) == ["image", "width", "height", "faces"]
    assert (report["image"], report["width"], report["height"], len(report["faces"])) == ("dir/a.jpg", 640, 480, 2)


def test_a_face_is_reported_with_all_that_is_known(make_face):
    (face,) = printed(picture_report("a.jpg", IMAGE, [make_face()]))["faces"]
    assert face["score"] == 0.9
    assert face["box"] == [412.2, 188.4, 654.6, 492.0]
    assert face["roi"] == [400.0, 180.0, 660.0, 500.0]
    assert (face["confidence"], face["valid"], face["reason"]) == (0.97, True, None)
    assert face["pose"] == {
        "yaw": -12.4,
        "pitch": 3.1,
        "roll": 0.8,
        "quaternion": [0.99412, 0.02711, -0.10792, 0.00684],
    }
    assert len(face["landmarks"]) == 68
    assert face["landmarks"][1] == [1.0, 1.333, 1.667]
    assert face["params"] == [0.0] * 62
    assert (face["eye_open"], face["mouth_open"], face["openings_from"]) == ([0.91, 0.88], 0.04, "network")


def test_openings_that_are_not_known_are_null(make_face):
    face = make_face(eye_open=(None, 0.123456), mouth_open=None, openings_from="landmarks")
    (told,) = printed(picture_report("a.jpg", IMAGE, [face]))["faces"]
    assert (told["eye_open"], told["mouth_open"], told["openings_from"]) == ([None, 0.1235], None, "landmarks")


def test_a_face_that_is_not_valid_has_a_reason(make_face):
    (face,) = printed(picture_report("a.jpg", IMAGE, [make_face(valid=False, reason="too_small")]))["faces"]
    assert (face["valid"], face["reason"]) == (False, "too_small")


def test_a_frame_has_a_number_a_time_and_ids(make_face):
    report = printed(frame_report("v.mp4", IMAGE, [make_face(id=7)], 12, 0.48123456))
    assert list(report) == ["image", "frame", "t", "width", "height", "faces"]
    assert (report["frame"], report["t"], report["faces"][0]["id"]) == (12, 0.4812, 7)


def test_no_faces_are_an_empty_list():
    assert printed(frame_report("v.mp4", IMAGE, [], 0, 0.0))["faces"] == []


@pytest.mark.parametrize("rubbish", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_null(make_face, rubbish):
    spoilt = make_face(
        box=(rubbish, 1.0, 2.0, 3.0),
        score=rubbish,
        confidence=rubbish,
        yaw=rubbish,
        quaternion=(rubbish,) * 4,
        landmarks=np.full((68, 3), rubbish, np.float32),
        params=np.full(62, rubbish, np.float32),
    )
    (face,) = printed(picture_report("a.jpg", IMAGE, [spoilt]))["faces"]
    assert face["box"] == [None, 1.0, 2.0, 3.0]
    assert face["score"] is face["confidence"] is face["pose"]["yaw"] is None
    assert face["pose"]["quaternion"] == [None] * 4
    assert face["landmarks"] == [[None] * 3] * 68
    assert face["params"] == [None] * 62


@given(params=st.lists(floats32, min_size=62, max_size=62))
def test_parameters_come_back_unchanged(make_face, params):
    params = np.array(params, np.float32)
    (face,) = printed(picture_report("a.jpg", IMAGE, [make_face(params=params)]))["faces"]
    np.testing.assert_array_equal(np.array(face["params"], np.float32), params)


def test_a_file_name_that_is_no_text_is_still_json():
    report = printed(picture_report(b"f\xffce.jpg".decode(errors="surrogateescape"), IMAGE, []))
    assert report["image"] == "f\N{REPLACEMENT CHARACTER}ce.jpg"
