"""What the pictures of a camera tell of it."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from visaged.backoff import Backoff
from visaged.sources.base import SourceLostError
from visaged.sources.faults import Trouble
from visaged.sources.watch import Watch
from visaged.values import Frame, Image, Picture

Drawn = Callable[[int], Image]


def noise(number: int) -> Image:
    return np.random.default_rng(number).integers(60, 200, (48, 64, 3), np.uint8)


def still(_: int) -> Image:
    return noise(0)


def dark(number: int) -> Image:
    return noise(number) // 40


class Camera:
    """Frames on a clock of its own; what a watch says of them."""

    def __init__(self, frozen_s: float = 1.5) -> None:
        self.watch = Watch(frozen_s, Backoff(60.0, 60.0, random.Random(1)))
        self.now = 100.0
        self.trouble: Trouble | None = None
        self._number = 0

    def gives(
        self,
        picture: Drawn,
        seconds: float,
        fps: float = 30.0,
        due: float | None = None,
    ) -> list[str | None]:
        """The faults told, once for each change; "lost: ..." ends it."""
        told: list[str | None] = []
        until = self.now + seconds
        while self.now < until:
            said = self._see(picture, due)
            if not told or told[-1] != said:
                told.append(said)
            if said and said.startswith("lost"):
                break
            self.now += 1 / fps
            self._number += 1
        return told

    def _see(self, picture: Drawn, due: float | None) -> str | None:
        frame = Frame(Picture(picture(self._number)), self._number, 0.0, self.now, 0.0)
        try:
            self.trouble = self.watch.see(frame, due)
            self.watch.look(frame)
        except SourceLostError as exc:
            return f"lost: {exc.trouble.fault}"
        return self.trouble.fault if self.trouble else None


def test_a_camera_that_works_is_not_judged() -> None:
    assert Camera().gives(noise, 10, due=30) == [None]


def test_the_same_picture_for_ever_is_frozen_within_two_seconds() -> None:
    camera = Camera()
    camera.gives(noise, 1)
    began = camera.now
    assert camera.gives(still, 5) == [None, "lost: frozen"]
    assert camera.now - began < 2


def test_a_frozen_camera_is_not_well_because_it_was_opened_again() -> None:
    camera = Camera()
    camera.gives(still, 5)
    camera.watch.opened()
    assert camera.gives(still, 5) == ["frozen", "lost: frozen"]
    camera.watch.opened()
    assert camera.gives(lambda _: noise(7), 5) == ["frozen", "lost: frozen"]
    camera.watch.opened()
    assert camera.gives(noise, 5) == ["frozen", None]


def test_one_changed_pixel_is_a_new_picture() -> None:
    def nearly(number: int) -> Image:
        image = noise(0)
        image[3, 5, 1] = number % 2
        return image

    assert Camera().gives(nearly, 5) == [None]


@pytest.mark.parametrize(("frozen_s", "seconds"), [(0.0, 60), (10.0, 9)])
def test_how_long_a_picture_may_stay_the_same_is_a_setting(frozen_s: float, seconds: float) -> None:
    assert Camera(frozen_s).gives(still, seconds) == [None]


def test_a_camera_of_one_picture_a_second_is_not_frozen_by_two_equal_ones() -> None:
    assert Camera().gives(still, 3, fps=1) == [None]


def test_black_pictures_are_told_within_two_seconds_and_go_on() -> None:
    camera = Camera()
    camera.gives(noise, 1)
    began = camera.now
    camera.gives(dark, 1.4)
    assert camera.gives(dark, 0.4) == [None, "black"]
    assert camera.now - began < 2
    assert camera.gives(dark, 30) == ["black"]
    assert camera.gives(noise, 1) == [None]


def test_black_pictures_that_are_all_the_same_are_black_and_not_frozen() -> None:
    assert Camera().gives(lambda _: np.zeros((48, 64, 3), np.uint8), 30) == [None, "black"]


def test_a_black_camera_is_opened_again_seldom_and_is_black_until_it_is_not() -> None:
    camera = Camera()
    assert camera.gives(dark, 100) == [None, "black", "lost: black"]
    assert camera.now - 100.0 > 60
    camera.watch.opened()
    assert camera.gives(dark, 50) == ["black"]
    assert camera.gives(noise, 1) == [None]


def test_far_fewer_pictures_than_asked_for_are_slow_until_there_are_enough() -> None:
    camera = Camera()
    assert camera.gives(noise, 3, fps=30, due=30) == [None]
    began = camera.now
    assert camera.gives(noise, 2, fps=5, due=30) == [None, "slow"]
    assert camera.now - began < 2.3
    assert camera.gives(noise, 5, fps=17, due=30) == ["slow"]
    assert camera.gives(noise, 5, fps=28, due=30) == ["slow", None]
    assert camera.gives(noise, 5, fps=17, due=30) == [None]


@pytest.mark.parametrize("fps", [1, 3, 14])
def test_what_is_said_of_a_slow_camera_is_true_however_slow_it_gets(fps: float) -> None:
    camera = Camera()
    camera.gives(noise, 3, fps=30, due=30)
    assert camera.gives(noise, 4, fps=fps, due=30) == [None, "slow"]
    assert camera.trouble == Trouble("slow", "the camera gives far fewer than the 30 pictures a second it should")


def test_pictures_that_were_passed_over_count_as_given() -> None:
    camera = Camera()
    told = []
    for number in range(0, 300, 10):  # one in ten is looked at
        frame = Frame(Picture(noise(number)), number, 0.0, 100 + number / 30, 0.0)
        told.append(camera.watch.see(frame, 30.0))
    assert not any(told)


def test_a_camera_that_promises_nothing_is_never_slow() -> None:
    assert Camera().gives(noise, 10, fps=2, due=None) == [None]


def test_a_pause_while_it_was_closed_does_not_make_it_slow() -> None:
    camera = Camera()
    camera.gives(noise, 3, due=30)
    camera.now += 20
    camera.watch.opened()
    assert camera.gives(noise, 3, due=30) == [None]
