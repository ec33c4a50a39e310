"""Following faces, with a scripted detector and judge: what is seen, doubted, lost and found again."""

import pytest

from made.scene import NEVER, PICTURE, Follower, Scene, face_at, ids, reasons, valid
from visaged.values import Detection
from visaged.vision.roi import roi_around


def test_a_moving_face_keeps_its_id(track):
    found = track([[face_at(10.0 * i)] for i in range(50)], verify_interval=4)
    assert valid(found) == [[1]] * 50
    assert [faces[0].box for faces in found] == [face_at(10.0 * i) for i in range(50)]


def test_faces_are_given_oldest_first(track):
    found = track([[face_at(300)]] + [[face_at(0), face_at(300)]] * 3, interval=1)
    assert ids(found) == [[1], [1], [1, 2], [1, 2]]
    assert found[3][0].box == face_at(300)


def test_an_id_is_never_used_again(track):
    found = track(([[face_at(100)]] * 3 + [[]] * 4) * 3, verify_interval=1)
    assert valid(found) == [[1]] * 3 + [[]] * 4 + [[2]] * 3 + [[]] * 4 + [[3]] * 3 + [[]] * 4


@pytest.mark.parametrize("most", [1, 2, 3])
def test_of_more_faces_than_allowed_the_best_are_followed(track, most):
    faces = [face_at(0), face_at(150), face_at(300), face_at(450)]
    found = track([faces] * 10, max_faces=most, interval=3)
    assert ids(found) == [list(range(1, most + 1))] * 10
    assert [face.box for face in found[-1]] == faces[:most]


def test_a_place_that_becomes_free_is_taken(track):
    found = track([[face_at(0), face_at(300)]] * 3 + [[face_at(300)]] * 6, max_faces=1, verify_interval=1)
    assert valid(found)[-1] == [2]
    assert found[-1][0].box == face_at(300)


def test_a_good_track_is_verified_at_its_interval(track, scene):
    track([[face_at(100)]] * 14, verify_interval=4)
    assert scene.verified_one_way_up == [4, 8, 12]
    assert scene.verified_both_ways_up == [0]


def test_while_all_is_well_the_picture_is_searched_at_its_interval(track, scene):
    track([[face_at(100)]] * 25, interval=10)
    assert scene.searched == [0, 10, 20]


def test_the_faces_of_a_frame_do_not_wait_for_a_search_that_is_due(track, scene):
    track([[face_at(100)]], interval=1)
    scene.faces, scene.frame = [face_at(100), face_at(300)], 1
    assert [face.id for face in track.tracker.follow(PICTURE)] == [1]
    assert scene.searched == [0]
    track.tracker.look_around(PICTURE)
    assert scene.searched == [0, 1]
    assert [face.id for face in track.tracker.follow(PICTURE)] == [1, 2]


@pytest.mark.parametrize("lost_after", [1, 2])
def test_a_face_that_is_gone_before_it_was_ever_shown_never_was(track, scene, lost_after):
    track([[face_at(100)]] * 2, interval=2, verify_interval=1, lost_after=lost_after)
    found = track([[face_at(100), face_at(300)]] + [[face_at(100)]] * 3)
    assert scene.searched[1] == 2
    assert ids(found) == [[1]] * 4
    assert ids(track([[face_at(100), face_at(300)]] * 4))[-1] == [1, 3]


def test_a_doubt_of_a_search_shows_in_the_next_frame_as_that_sees_it(track, scene):
    track([[face_at(100)]], interval=2)
    scene.phantoms = [face_at(300)]
    found = track([[face_at(100)]] * 4)
    assert [[face.id for face in faces] for faces in found] == [[1], [1], [1, 0], [1]]
    assert found[2][1].reason == "low_confidence"
    scene.phantoms = []
    assert valid(track([[face_at(100), face_at(300)]] * 2)) == [[1, 2]] * 2


def test_who_asks_for_a_search_gets_one_with_the_next_frame(track, scene):
    track([[face_at(100)]] * 5)
    track.tracker.redetect()
    track([[face_at(100)]] * 3)
    assert scene.searched == [0, 5]


def test_while_nothing_is_followed_every_frame_is_searched(track, scene):
    track([[]] * 3 + [[face_at(100)]] * 5, interval=10)
    assert scene.searched == [0, 1, 2, 3]


def test_while_a_track_looks_bad_every_frame_is_searched(track, scene):
    track([[face_at(0), face_at(300)]] * 2 + [[face_at(0)]] * 3 + [[face_at(0)]] * 3, verify_interval=1, lost_after=3)
    assert scene.searched == [0, 2, 3, 4]


@pytest.mark.parametrize("verify_interval", [1, 2, 4, 7])
@pytest.mark.parametrize("lost_after", [1, 2, 5])
def test_a_face_that_has_gone_is_lost_in_time(make_fit, verify_interval, lost_after):
    worst = verify_interval + lost_after - 1
    took = []
    for phase in range(1, 2 * verify_interval + 1):
        frames = [[face_at(100)]] * phase + [[]] * (worst + 3)
        found = Follower(Scene(make_fit))(frames, verify_interval=verify_interval, lost_after=lost_after)[phase:]
        lost = [i for i, faces in enumerate(found) if [face.reason for face in faces] == ["tracking_lost"]]
        assert len(lost) == 1
        assert ids(found)[lost[0] + 1 :] == [[]] * (worst + 2 - lost[0])
        took.append(lost[0] + 1)
    assert max(took) == worst


def test_before_it_is_lost_a_face_that_has_gone_is_not_valid(track):
    found = track([[face_at(100)]] * 2 + [[]] * 3, verify_interval=1, lost_after=3)
    assert [(face.valid, face.reason) for faces in found[2:] for face in faces] == [
        (False, "low_confidence"),
        (False, "low_confidence"),
        (False, "tracking_lost"),
    ]


def test_a_face_that_is_back_in_time_was_never_lost(track):
    found = track([[face_at(100)]] * 2 + [[]] * 2 + [[face_at(100)]] * 3 + [[]] * 2 + [[face_at(100)]], lost_after=3)
    assert ids(found) == [[1]] * 10


def test_a_face_that_jumps_a_little_is_rescued_in_the_same_frame(track):
    found = track([[face_at(100)]] * 2 + [[face_at(130)]] * 3, verify_interval=1)
    assert valid(found) == [[1]] * 5
    assert found[2][0].box == face_at(130)


def test_a_face_that_jumps_far_is_found_under_a_new_id_and_the_old_is_lost(track):
    found = track([[face_at(100)]] * 2 + [[face_at(400)]] * 4, verify_interval=1)
    assert valid(found) == [[1]] * 2 + [[2]] * 4
    assert [face.reason for faces in found for face in faces if face.id == 1][-1] == "tracking_lost"
    assert ids(found)[-1] == [2]


def test_a_rescue_that_the_judge_rejects_leaves_the_track_astray(track, scene):
    track([[face_at(100)]] * 2, verify_interval=1)
    scene.phantoms = [face_at(130)]
    found = track([[]] * 4)
    assert valid(found) == [[]] * 4
    assert ids(found) == [[1], [1], [], []]


def test_of_two_tracks_on_one_face_the_older_stays_and_the_other_is_lost_once(track):
    meeting = [[face_at(100 + 10.0 * i), face_at(300 - 10.0 * i)] for i in range(11)]
    found = track([*meeting, *[[face_at(200)]] * 3])
    assert ids(found)[0] == [1, 2]
    assert ids(found)[-1] == [1]
    assert [(face.id, face.reason) for faces in found for face in faces if face.reason] == [(2, "tracking_lost")]


def test_a_track_gone_astray_does_not_take_over_a_neighbours_face(track):
    coming = [[face_at(400.0 - 10 * i)] for i in range(31)]
    found = track([[face_at(100), face_at(400)]] * 3 + coming, verify_interval=1, lost_after=40)
    assert valid(found)[-1] == [2]
    assert ids(found)[-1] == [2]
    assert [face.id for faces in found for face in faces if face.reason == "tracking_lost"] == [1]


def test_a_face_that_is_detected_twice_is_one_face(track, scene):
    scene.phantoms = [(117.0, 217.0, 143.0, 243.0)]
    found = track([[face_at(100)]] * 2 + [[face_at(100), face_at(400)]] * 3, interval=2)
    assert ids(found) == [[1], [1], [1], [1, 2], [1, 2]]


def test_a_detection_that_the_judge_rejects_is_named_but_not_tracked(track, scene):
    scene.phantoms = [face_at(300)]
    found = [(face.id, face.box, face.valid, face.reason) for (face,) in track([[]] * 3)]
    assert found == [(0, face_at(300), False, "low_confidence")] * 3
    assert scene.searched == [0, 1, 2]
    assert ids(track([[face_at(100)]])) == [[1]]


def test_what_the_detector_is_not_sure_of_is_a_face_if_the_judge_sees_one_and_else_nothing(track, scene):
    scene.score = 0.57
    scene.phantoms = [face_at(300)]
    assert track([[], [face_at(100)]])[0] == []
    assert valid(track([[face_at(100)]])) == [[1]]


def test_no_more_faces_are_doubted_than_may_be_tracked(track, scene):
    scene.phantoms = [face_at(70.0 * i) for i in range(8)]
    assert [len(faces) for faces in track([[]] * 2, max_faces=3)] == [3, 3]
    assert [len(faces) for faces in track([[face_at(100, 300)]] * 2)] == [3, 1]


def test_a_search_looks_at_every_track_in_order_both_ways_up_also_where_it_does_not_see_it(track, scene):
    both = [face_at(100), face_at(300)]
    track([both] * 6, interval=5)
    assert (scene.searched, scene.verified_both_ways_up) == ([0, 5], [0, 0, 5, 5])
    scene.hidden = [face_at(300)]
    found = track([both] * 5)
    assert (scene.searched, scene.verified_both_ways_up) == ([0, 5, 10], [0, 0, 5, 5, 10, 10])
    assert scene.verified_one_way_up == []
    assert valid(found)[-1] == [1, 2]


def test_a_search_reveals_a_face_that_has_gone(track, scene):
    found = track([[face_at(100)]] * 3 + [[]] * 5, interval=5)
    assert scene.searched[:2] == [0, 5]
    assert valid(found) == [[1]] * 6 + [[]] * 2
    assert reasons(found) == ["tracking_lost"]


def test_what_a_search_has_verified_is_not_verified_again_before_its_time(track, scene):
    track([[face_at(100)]] * 12, interval=3, verify_interval=4)
    assert scene.searched == scene.verified_both_ways_up == [0, 3, 6, 9]
    assert scene.verified_one_way_up == []


def test_a_look_that_is_bad_is_verified_both_ways_up_at_once(track, scene):
    track([[face_at(100)]] * 2)
    scene.phantoms = [face_at(100)]
    track([[]])
    assert 2 in scene.verified_both_ways_up
    assert scene.verified_one_way_up == []


@pytest.mark.parametrize("verify_interval", [1, 2, NEVER])
@pytest.mark.parametrize("interval", [1, 4, 7])
def test_a_face_that_turns_upside_down_is_lost_by_the_next_periodic_search(make_fit, interval, verify_interval):
    for phase in range(1, interval + 1):
        scene = Scene(make_fit)
        follow = Follower(scene)
        follow([[face_at(100)]] * phase, interval=interval, verify_interval=verify_interval, lost_after=1)
        scene.overturned = [face_at(100)]
        found = follow([[face_at(100)]] * (interval + 3))
        left = interval - phase + 1
        assert valid(found) == [[1]] * left + [[]] * (interval + 3 - left)
        assert reasons(found) == ["tracking_lost"]
        assert [face.reason for face in found[-1]] == ["upside_down"]


def test_a_face_upside_down_says_so_until_it_is_lost_or_has_turned_back(track, scene):
    scene.overturned = [face_at(300)]
    found = track([[face_at(300)]] * 2, interval=3, lost_after=3, verify_interval=1)
    assert [(face.id, face.reason) for (face,) in found] == [(0, "upside_down")] * 2
    track([[face_at(100)]] * 2)
    scene.overturned = [face_at(100)]
    found = track([[face_at(100)]] * 3)
    assert [faces[0].reason for faces in found] == [None, None, "upside_down"]
    scene.overturned = []
    assert valid(track([[face_at(100)]] * 4)) == [[1]] * 4
    scene.overturned = [face_at(100)]
    found = track([[face_at(100)]] * 6)
    assert reasons(found) == ["upside_down", "tracking_lost"]


def test_a_face_that_appears_is_cropped_where_its_landmarks_lead_and_not_where_its_detection_does(track, scene):
    (faces,) = track([[face_at(100)]])
    assert faces[0].roi == roi_around(face_at(100)) != scene.roi(face_at(100))


def test_the_score_is_that_of_the_last_detection(track, scene):
    (faces,) = track([[face_at(100)]], interval=2)
    assert faces[0].score == 0.9
    scene.detect = lambda _: [Detection(face_at(100), 0.7)]
    assert [faces[0].score for faces in track([[face_at(100)]] * 4)] == [0.9, 0.9, 0.7, 0.7]
