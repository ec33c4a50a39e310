"""By how much pictures may be reduced for those who are followed, and those who are searched for."""

import pytest

from made.scene import LARGE, face_at, ids, valid


def test_pictures_may_be_reduced_to_what_the_network_takes_of_the_smallest_face(track):
    track([[LARGE, (500.0, 0.0, 740.0, 240.0)]] * 2)
    assert track.tracker.reducible == pytest.approx(240 * 2**0.5 / 120)


def test_a_face_smaller_than_the_network_takes_is_seen_whole(track):
    track([[face_at(100)]] * 2)
    assert track.tracker.reducible == 1


def test_what_will_be_searched_may_be_reduced_to_what_the_detector_takes(track, scene):
    reducible = []
    for faces in [[]] + [[LARGE]] * 9 + [[]]:
        track([faces], interval=4, verify_interval=1)
        reducible.append(track.tracker.reducible)
    followed, searched, missed = pytest.approx(400 * 2**0.5 / 120), scene.searchable, 1.0
    assert reducible == [searched] + [followed, followed, followed, searched] * 2 + [followed, missed]
    track([[LARGE]])
    track.tracker.redetect()
    assert track.tracker.reducible == searched


def test_a_search_that_can_wait_waits_for_a_picture_that_shows_enough(track, scene):
    track([[LARGE]] * 5)
    track.tracker.redetect()
    track([[LARGE]] * 3, reduced=4)
    assert scene.searched == [0]
    track([[LARGE]] * 2, reduced=2)
    assert scene.searched == [0, 8]


def test_a_face_that_is_found_in_too_few_pixels_is_not_believed_before_the_next_picture_which_has_more(track, scene):
    nobody, (seen,) = track([[], [face_at(100)]], reduced=2)
    assert (nobody, seen.id, seen.valid, seen.reason) == ([], 0, False, "too_small")
    assert track.tracker.reducible == 1
    assert valid(track([[face_at(100)]] * 2)) == [[1]] * 2


def test_beside_a_large_face_a_small_one_is_searched_for_in_whole_pictures_once_it_was_seen(track, scene):
    found = track([[LARGE]] * 3 + [[LARGE, face_at(500)]], reduced=2, interval=3)
    assert (ids(found), track.tracker.reducible) == ([[1]] * 4, 1)
    assert valid(track([[LARGE, face_at(500)]] * 3)) == [[1, 2]] * 3
    assert scene.searched == [0, 3, 4]


def test_who_is_seen_and_not_believed_is_seen_in_whole_pictures_from_then_on(track, scene):
    scene.phantoms = [face_at(100)]
    for reduced in (2, 1, 1, 1):
        ((phantom,),) = track([[]], reduced)
        assert (phantom.id, phantom.valid, track.tracker.reducible) == (0, False, 1)


def test_a_face_that_is_missed_is_searched_for_at_once(track, scene):
    track([[face_at(100)]] * 5, verify_interval=1)
    track([[]] * 2, reduced=2)
    assert scene.searched == [0, 5, 6]
