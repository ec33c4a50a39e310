"""A look at a region, and why it may not be believed."""

import math

import numpy as np
import pytest
from msgspec.structs import replace

from visaged import models
from visaged.values import Picture
from visaged.vision.candidates import Presence
from visaged.vision.face_model import open_face_model
from visaged.vision.judge import Judge
from visaged.vision.regressor import Answer
from visaged.vision.roi import roi_around
from visaged.vision.signals import Signals

BLACK = Picture(np.zeros((200, 300, 3), np.uint8))
SEEN = Presence(0.9, 0.03)
UPSIDE_DOWN = Presence(0.9, 0.03, upside_down=True)
ROI = (50.0, 40.0, 170.0, 160.0)
SAYS = Signals(presence=0.9, eye_open=(0.7, 0.2), eye_seen=(0.9, 0.8), mouth_open=0.1)


class Answers:
    """A regressor that answers every crop alike."""

    def __init__(self, params, signals=None, turned_over=None):
        self.answer, self.turned_over = Answer(params, signals), Answer(params, turned_over)

    def regress(self, image, roi, *, upside_down=False):
        return self.turned_over if upside_down else self.answer


class Sees:
    """A detector that says the same of every face; ``asked``: whether it was asked to look both ways up."""

    def __init__(self, said):
        self.said, self.asked = said, []

    def presence(self, image, region, face, landmarks, *, both_ways_up):
        self.asked.append(both_ways_up)
        return self.said


class Fits:
    """A face model that fits every answer alike."""

    size = 120

    def __init__(self, fit):
        self.result = fit

    def fit(self, answer, roi):
        return self.result


@pytest.fixture(scope="module")
def face_model(made_pack_dir):
    return open_face_model(models.load("3ddfa_v2", made_pack_dir))


def judge_of(fit, said=SEEN, min_confidence=0.5):
    return Judge(Sees(said), Answers(None), Fits(fit), 40, min_confidence)


def looked(fit, roi=None, presence=SEEN, min_confidence=0.5):
    judge = judge_of(fit, min_confidence=min_confidence)
    return judge, judge.look(BLACK, roi or roi_around(fit.box), presence)


def test_a_good_fit_is_valid(make_fit):
    judge, look = looked(make_fit())
    assert judge.reason(BLACK, look) is None
    face = judge.face(look, 7, 0.8, look.fit.box, None)
    assert (face.id, face.score, face.valid, face.reason) == (7, 0.8, True, None)
    assert face.confidence == look.confidence > 0.5


def test_a_reason_makes_a_face_invalid(make_fit):
    judge, look = looked(make_fit())
    face = judge.face(look, 7, 0.8, look.fit.box, "tracking_lost")
    assert (face.valid, face.reason) == (False, "tracking_lost")


@pytest.mark.parametrize("box", [(-70, 20, 40, 80), (280, 20, 330, 80), (20, 180, 80, 230), (500, 500, 560, 560)])
def test_a_face_that_is_mostly_outside_is_out_of_frame(make_fit, box):
    judge, look = looked(make_fit(tuple(map(float, box))))
    assert judge.reason(BLACK, look) == "out_of_frame"


def test_a_face_that_is_partly_outside_is_judged(make_fit):
    judge, look = looked(make_fit((-20.0, 20.0, 40.0, 80.0)))
    assert judge.reason(BLACK, look) is None


def test_a_tiny_face_is_too_small(make_fit):
    judge, look = looked(make_fit((20.0, 20.0, 25.0, 25.0)))
    assert judge.reason(BLACK, look) == "too_small"


def test_a_fit_far_from_its_region_has_low_confidence(make_fit):
    judge, look = looked(make_fit(), roi=(100.0, 100.0, 200.0, 200.0))
    assert judge.reason(BLACK, look) == "low_confidence"


def test_a_face_larger_than_can_be_cropped_is_implausible(make_fit):
    wide = np.lib.stride_tricks.as_strided(np.zeros(3, np.uint8), (20000, 20000, 3), (0, 0, 1))
    judge, look = looked(make_fit((0.0, 0.0, 30000.0, 20000.0)))
    assert judge.reason(Picture(wide), look) == "implausible_pose"


def test_a_pose_that_is_no_pose_is_implausible(make_fit):
    judge, look = looked(make_fit(yaw=math.nan, distortion=math.inf))
    assert judge.reason(BLACK, look) == "implausible_pose"
    assert look.confidence == 0


@pytest.mark.parametrize("rubbish", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("index", range(62))
def test_an_answer_that_holds_no_number_is_never_valid(face_model, rubbish, index):
    answer = np.zeros(62, np.float32)
    answer[index] = rubbish
    judge = Judge(Sees(SEEN), Answers(answer), face_model, 40, 0.0)
    look = judge.verify(BLACK, judge.look(BLACK, ROI, SEEN), both_ways_up=True)
    assert judge.reason(BLACK, look) == "implausible_pose"
    assert look.confidence == 0


@pytest.mark.parametrize("said", [Presence(0.1, 0.03), Presence(0.9, 0.3), UPSIDE_DOWN])
def test_what_the_detector_sees_counts(make_fit, said):
    fit = make_fit(deviations=np.full(50, 0.6, np.float32))
    judge, look = looked(fit)
    again = judge_of(fit, said).verify(BLACK, look, both_ways_up=True)
    assert again.presence == said
    assert again.confidence < look.confidence
    assert (again.roi, again.wanted, again.fit) == (look.roi, look.wanted, look.fit)
    assert again.confidence == judge.look(BLACK, look.roi, said).confidence


@pytest.mark.parametrize("both_ways_up", [True, False])
def test_the_detector_looks_both_ways_up_only_where_it_is_asked_to(make_fit, both_ways_up):
    detector = Sees(SEEN)
    judge = Judge(detector, Answers(None), Fits(make_fit()), 40, 0.5)
    judge.verify(BLACK, judge.look(BLACK, ROI, SEEN), both_ways_up=both_ways_up)
    assert detector.asked == [both_ways_up]


@pytest.mark.parametrize("min_confidence", [0.0, 0.5])
def test_a_face_that_is_upside_down_says_so_and_is_not_believed(make_fit, min_confidence):
    judge, look = looked(make_fit(), presence=UPSIDE_DOWN, min_confidence=min_confidence)
    assert judge.reason(BLACK, look) == "upside_down"
    assert look.confidence < 0.2


def test_a_face_outside_the_picture_is_so_whichever_way_up(make_fit):
    judge, look = looked(make_fit((500.0, 500.0, 560.0, 560.0)), presence=UPSIDE_DOWN)
    assert judge.reason(BLACK, look) == "out_of_frame"


def judge_that_says(fit, signals, min_confidence=0.5):
    """A judge whose network says signals, and whose detector must not be asked."""
    return Judge(None, Answers(None, signals), Fits(fit), 40, min_confidence)


def test_a_network_that_says_whether_there_is_a_face_is_believed_in_every_look(make_fit):
    fit = make_fit()
    seen, hardly, unseen = (
        judge_that_says(fit, replace(SAYS, presence=presence)).look(BLACK, roi_around(fit.box), Presence(0.0))
        for presence in (1.0, 0.6, 0.0)
    )
    assert seen.confidence > 0.5 and unseen.confidence == 0
    assert hardly.confidence == pytest.approx(0.6 * seen.confidence)


def test_where_the_network_says_it_the_detector_is_not_asked(make_fit):
    judge = judge_that_says(make_fit(), SAYS)
    look = judge.look(BLACK, ROI, Presence(0.9))
    for both_ways_up in (True, False):
        assert judge.verify(BLACK, look, both_ways_up=both_ways_up) is look


@pytest.mark.parametrize(
    ("upright", "turned_over", "asked", "reason"),
    [
        (0.1, 0.9, True, "upside_down"),
        (0.1, 0.9, False, "low_confidence"),
        (0.1, 0.2, True, "low_confidence"),
        (0.9, 1.0, True, None),
    ],
)
def test_a_network_that_sees_no_face_is_shown_the_region_the_other_way_up(
    make_fit, upright, turned_over, asked, reason
):
    fit = make_fit()
    answers = Answers(None, replace(SAYS, presence=upright), replace(SAYS, presence=turned_over))
    judge = Judge(None, answers, Fits(fit), 40, 0.5)
    look = judge.verify(BLACK, judge.look(BLACK, roi_around(fit.box), Presence(0.9)), both_ways_up=asked)
    assert judge.reason(BLACK, look) == reason
    assert (look.confidence < 0.2) == (reason is not None)


def test_a_face_that_has_turned_back_is_no_longer_upside_down(make_fit):
    judge = judge_that_says(make_fit(), SAYS)
    assert judge.reason(BLACK, judge.look(BLACK, roi_around(make_fit().box), UPSIDE_DOWN)) is None


@pytest.mark.parametrize("presence", [math.nan, math.inf, -0.1, 1.1])
def test_a_presence_that_is_no_probability_is_no_confidence(make_fit, presence):
    judge = judge_that_says(make_fit(), replace(SAYS, presence=presence))
    look = judge.look(BLACK, roi_around(make_fit().box), SEEN)
    assert (look.confidence, judge.reason(BLACK, look)) == (0.0, "low_confidence")


def test_a_face_carries_what_the_network_says_of_its_eyes_and_mouth(make_fit):
    judge = judge_that_says(make_fit(), SAYS)
    look = judge.look(BLACK, ROI, SEEN)
    face = judge.face(look, 1, 0.9, look.fit.box, None)
    assert (face.eye_open, face.mouth_open, face.openings_from) == ((0.7, 0.2), 0.1, "network")


@pytest.mark.parametrize("signals", [SAYS, None])
def test_a_face_that_is_not_valid_carries_no_openings(make_fit, signals):
    judge = Judge(Sees(SEEN), Answers(None, signals), Fits(make_fit()), 40, 0.5)
    look = judge.look(BLACK, ROI, SEEN)
    face = judge.face(look, 1, 0.9, look.fit.box, "low_confidence")
    assert (face.eye_open, face.mouth_open) == ((None, None), None)
    assert face.openings_from == ("landmarks" if signals is None else "network")
