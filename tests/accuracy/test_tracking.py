"""Faces that leave, are covered or jump: sequences made from the sample videos."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from visaged.assembly import Vision
from visaged.sources.opener import open_source
from visaged.values import Face, Image, Picture

pytestmark = pytest.mark.needs_shared

GOOD, BAD = 12, 20
LOST_WITHIN = 5
FOUND_WITHIN = 30
VIDEOS = ("cap12", "obama")


@pytest.fixture(scope="module", params=VIDEOS)
def clip(request: pytest.FixtureRequest, shared: Path) -> list[Image]:
    """The first frames of a sample video."""
    return _read(shared, request.param, 2 * GOOD + BAD)


@pytest.fixture(scope="module")
def empty_room(shared: Path) -> Image:
    """A picture without a face: the lower edge of a photograph of people."""
    image = cv2.imread(str(shared / "samples/images/trump_hillary.jpg"))
    return np.ascontiguousarray(image[-image.shape[0] // 4 :])


def _read(shared: Path, name: str, count: int) -> list[Image]:
    with open_source(str(shared / f"samples/video/{name}.mp4")) as source:
        images = [frame.image for frame in islice(iter(source.read, None), count)]
    return images + images[-2 : -2 - (count - len(images)) : -1]


def _track(vision: Vision, images: Iterable[Image]) -> list[list[Face]]:
    tracker = vision.tracker()
    return [tracker.update(Picture(image)) for image in images]


def _spoil(clip: list[Image], spoil: Callable[[Image, int], Image]) -> list[Image]:
    """The clip with its middle spoilt; the second argument counts the spoilt frames from 0."""
    middle = [spoil(image, i) for i, image in enumerate(clip[GOOD : GOOD + BAD])]
    return [*clip[:GOOD], *middle, *clip[GOOD + BAD :]]


def _assert_lost_and_found(faces: list[list[Face]]) -> None:
    before = {face.id for face in faces[GOOD - 1] if face.valid}
    assert before
    for gone in faces[GOOD + LOST_WITHIN - 1 : GOOD + BAD]:
        assert not any(face.id in before for face in gone if face.reason != "tracking_lost")
        assert not any(face.valid for face in gone)
    again = faces[GOOD + BAD : GOOD + BAD + FOUND_WITHIN]
    assert any(face.valid for frame in again for face in frame)


def _box(faces: list[Face]) -> list[int]:
    return [round(v) for v in faces[0].roi]


def test_black_frames_lose_the_face(clip: list[Image], yunet_vision: Vision) -> None:
    faces = _track(yunet_vision, _spoil(clip, lambda image, _: np.zeros_like(image)))
    _assert_lost_and_found(faces)


def test_a_cut_to_an_empty_scene_loses_the_face(clip: list[Image], empty_room: Image, yunet_vision: Vision) -> None:
    def cut(image: Image, _: int) -> Image:
        return cv2.resize(empty_room, image.shape[1::-1])

    _assert_lost_and_found(_track(yunet_vision, _spoil(clip, cut)))


@pytest.mark.parametrize("colour", [(0, 0, 0), (128, 128, 128), (90, 130, 190)])
def test_a_covered_face_is_lost(clip: list[Image], yunet_vision: Vision, colour: tuple[int, int, int]) -> None:
    x1, y1, x2, y2 = _box(_track(yunet_vision, clip[:GOOD])[-1])

    def cover(image: Image, _: int) -> Image:
        return cv2.rectangle(image.copy(), (x1, y1), (x2, y2), colour, -1)

    _assert_lost_and_found(_track(yunet_vision, _spoil(clip, cover)))


def test_a_face_covered_by_texture_is_lost(clip: list[Image], empty_room: Image, yunet_vision: Vision) -> None:
    x1, y1, x2, y2 = _box(_track(yunet_vision, clip[:GOOD])[-1])

    def cover(image: Image, _: int) -> Image:
        covered = image.copy()
        covered[max(y1, 0) : y2, max(x1, 0) : x2] = cv2.resize(empty_room, image.shape[1::-1])[
            max(y1, 0) : y2, max(x1, 0) : x2
        ]
        return covered

    _assert_lost_and_found(_track(yunet_vision, _spoil(clip, cover)))


def test_a_face_that_leaves_sideways_is_lost_when_it_is_gone(clip: list[Image], yunet_vision: Vision) -> None:
    width = clip[0].shape[1]
    step = width // 10
    right = _box(_track(yunet_vision, clip[:GOOD])[-1])[2]

    def leave(image: Image, i: int) -> Image:
        return _shifted(image, -(i + 1) * step)

    faces = _track(yunet_vision, _spoil(clip, leave))
    gone_at = GOOD + min(-(-right // step), BAD - LOST_WITHIN)
    assert not any(face.valid for frame in faces[gone_at + LOST_WITHIN - 1 : GOOD + BAD] for face in frame)


def test_a_face_that_jumps_is_lost_where_it_was_and_found_where_it_is(clip: list[Image], yunet_vision: Vision) -> None:
    width = clip[0].shape[1]
    jump = width * 3 // 10
    before = _track(yunet_vision, clip)
    faces = _track(yunet_vision, _spoil(clip, lambda image, _: np.roll(image, jump, axis=1)))
    for i in range(GOOD + LOST_WITHIN - 1, GOOD + BAD):
        (face,) = (face for face in faces[i] if face.valid)
        assert face.box[0] == pytest.approx(before[i][0].box[0] + jump, abs=width / 40)


def test_a_picture_turned_upside_down_says_so_and_is_not_valid(clip: list[Image], yunet_vision: Vision) -> None:
    faces = _track(yunet_vision, _spoil(clip, lambda image, _: np.ascontiguousarray(image[::-1])))
    _assert_lost_and_found(faces)
    assert "upside_down" in {face.reason for frame in faces[GOOD : GOOD + BAD] for face in frame}


@pytest.mark.parametrize("name", VIDEOS)
def test_an_undisturbed_face_keeps_its_id_and_stays_valid(shared: Path, yunet_vision: Vision, name: str) -> None:
    faces = _track(yunet_vision, _read(shared, name, 55))
    assert {tuple(face.id for face in frame) for frame in faces} == {(1,)}
    assert all(face.valid for frame in faces for face in frame)


def test_the_faces_of_a_group_keep_their_ids(shared: Path, yunet_vision: Vision) -> None:
    image = cv2.imread(str(shared / "samples/images/emma.jpg"))
    faces = _track(yunet_vision, [_shifted(image, 2 * i) for i in range(40)])
    assert {tuple(face.id for face in frame) for frame in faces} == {(1, 2, 3)}


def _shifted(image: Image, x: int) -> Image:
    """The picture moved to the right by ``x`` pixels, black where nothing is known."""
    height, width = image.shape[:2]
    return cv2.warpAffine(image, np.float32([[1, 0, x], [0, 1, 0]]), (width, height))
