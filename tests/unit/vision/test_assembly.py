"""All stages together, with the made networks."""

from dataclasses import replace

import numpy as np
import pytest

from made.open_pack import SAYS
from visaged import assembly
from visaged.errors import ModelError
from visaged.values import Picture
from visaged.vision.detector import Detector


def picture(x, y, side=64, shape=(480, 640)):
    """Black, with one bright square: a face to the made detector."""
    image = np.zeros((*shape, 3), np.uint8)
    image[y : y + side, x : x + side] = 255
    return image


def test_a_face_is_followed_through_a_sequence(made_vision):
    tracker = made_vision.tracker()
    found = [tracker.update(Picture(picture(256, 128))) for _ in range(20)]
    assert [[(face.id, face.valid) for face in faces] for faces in found] == [[(1, True)]] * 20


def test_a_face_is_lost_in_the_dark_and_found_again(made_vision):
    tracker = made_vision.tracker()
    frames = [picture(256, 128)] * 6 + [picture(0, 0, 0)] * 6 + [picture(256, 128)] * 2
    found = [[face.id for face in tracker.update(Picture(image)) if face.valid] for image in frames]
    assert found[:6] == [[1]] * 6
    assert found[10:12] == [[]] * 2
    assert found[12:] == [[2]] * 2


def test_pictures_that_change_their_size_are_followed_on(made_vision):
    tracker = made_vision.tracker()
    for shape, (x, y) in (((480, 640), (256, 128)), ((960, 1280), (896, 640)), ((240, 320), (128, 64))):
        side = shape[0] * 2 // 15
        found = [tracker.update(Picture(picture(x, y, side, shape))) for _ in range(8)]
        (face,) = found[-1]
        assert face.valid
        assert face.box[0] < x + side / 2 < face.box[2]
        assert face.box[1] < y + side / 2 < face.box[3]


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (3, 3)])
def test_tiny_and_thin_pictures_are_followed_without_trouble(made_vision, shape):
    tracker = made_vision.tracker()
    for _ in range(6):
        assert not any(face.valid for face in tracker.update(Picture(np.full((*shape, 3), 255, np.uint8))))


@pytest.mark.parametrize("grey", [0, 255])
def test_plain_pictures_do_not_stop_the_tracker(made_vision, grey):
    tracker = made_vision.tracker()
    found = [tracker.update(Picture(np.full((480, 640, 3), grey, np.uint8))) for _ in range(6)]
    assert all(len(faces) <= made_vision.track.max_faces for faces in found)


def test_a_tracker_knows_nothing_of_another(made_vision):
    first, second = made_vision.tracker(), made_vision.tracker()
    first.update(Picture(picture(256, 128)))
    assert second.update(Picture(picture(0, 0, 0))) == []
    assert [face.id for face in second.update(Picture(picture(128, 128)))] == [1]


def test_a_pack_without_a_regressor_cannot_be_used(open_made):
    with pytest.raises(ModelError, match="pack yunet has no regressor; see `visaged models list`"):
        open_made("model.pack=yunet")


def test_a_detector_pack_without_a_detector_cannot_be_used(open_made, monkeypatch):
    load = assembly.models.load
    monkeypatch.setattr(
        assembly.models,
        "load",
        lambda name, folder: replace(load(name, folder), detector=None) if name == "yunet" else load(name, folder),
    )
    with pytest.raises(ModelError, match="pack yunet has no detector; see `visaged models list`"):
        open_made()


@pytest.mark.parametrize(
    ("wanted", "pack", "kind"),
    [("auto", "yunet", "yunet"), ("yunet", "yunet", "yunet"), ("faceboxes", "3ddfa_v2", "faceboxes")],
)
def test_each_detector_comes_from_its_pack(open_made, wanted, pack, kind):
    vision = open_made(f"model.detector={wanted}")
    assert (vision.detector_pack.name, vision.detector_kind) == (pack, kind)


def test_a_pack_with_a_quick_detector_of_its_own_needs_no_other(open_made):
    vision = open_made(pack="open")
    assert (vision.detector_pack, vision.detector_kind) == (vision.pack, "yunet")


def test_a_detector_that_is_asked_for_by_name_is_the_one_published_under_it(open_made):
    with pytest.raises(ModelError, match="no model pack 'yunet' in "):
        open_made("model.detector=yunet", pack="open")


def test_a_pack_whose_network_says_whether_it_sees_a_face_needs_no_verification(open_made, monkeypatch):
    monkeypatch.setattr(Detector, "presence", lambda *_, **__: pytest.fail("the detector was asked"))
    tracker = open_made("detect.interval=5", pack="open").tracker()
    frames = [picture(256, 128)] * 12 + [picture(0, 0, 0)] * 4 + [picture(256, 128)] * 2
    found = [[face.id for face in tracker.update(Picture(image)) if face.valid] for image in frames]
    assert found == [[1]] * 12 + [[]] * 4 + [[2]] * 2


def test_what_the_network_says_of_eyes_and_mouth_reaches_the_face(open_made):
    (face,) = open_made(pack="open").still().detect(picture(256, 128))
    said = (*face.eye_open, face.mouth_open)
    assert said == pytest.approx((SAYS["eye_open_left"], SAYS["eye_open_right"], SAYS["mouth_open"]), abs=1e-6)
    assert face.openings_from == "network" == open_made(pack="open").openings_from


def test_smoothing_leaves_the_openings_as_they_were_said(open_made):
    vision = open_made("smooth.mode=all", pack="open")
    tracker, smoother = vision.tracker(), vision.live_smoother()
    for number in range(3):
        faces = tracker.update(Picture(picture(256, 128)))
        (raw,), (smooth,) = faces, smoother.update(faces, number / 25)
        assert (smooth.eye_open, smooth.mouth_open) == (raw.eye_open, raw.mouth_open)


def test_a_pack_without_signals_measures_openings_on_landmarks(made_vision):
    (face,) = made_vision.still().detect(picture(256, 128))
    assert face.valid and face.openings_from == "landmarks" == made_vision.openings_from
    assert all(0 <= opening <= 1 for opening in (*face.eye_open, face.mouth_open))
