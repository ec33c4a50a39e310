"""Which of a camera's modes is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.sources.faults import ReaderError
from visaged.sources.settings import CameraSettings
from visaged.sources.v4l2.modes import FORMATS, Mode, choose

WEBCAM = [
    Mode("YUYV", 640, 480, (30.0, 15.0)),
    Mode("YUYV", 1280, 720, (10.0,)),
    Mode("MJPG", 640, 480, (30.0, 15.0)),
    Mode("MJPG", 1280, 720, (30.0,)),
]
FAST = [Mode("YUYV", 1280, 720, (60.0, 30.0)), Mode("MJPG", 1280, 720, (60.0, 30.0))]
OWN = (640, 480)


def chosen(modes: list[Mode], **wishes: float) -> str:
    return choose("CAM", modes, OWN, CameraSettings(**wishes)).fourcc  # type: ignore[arg-type]  # ints are given


def refusal(modes: list[Mode], **wishes: float) -> str:
    with pytest.raises(ReaderError) as caught:
        chosen(modes, **wishes)
    assert caught.value.trouble.fault == "unsupported"
    return str(caught.value)


def test_small_pictures_are_taken_raw_and_large_ones_as_jpeg() -> None:
    assert chosen(WEBCAM) == "YUYV"
    assert chosen(WEBCAM, width=1280, height=720) == "MJPG"
    assert chosen(FAST, width=1280, height=720) == "MJPG"


def test_the_rate_that_is_asked_for_decides_first() -> None:
    assert chosen(WEBCAM, width=1280, height=720, fps=10) == "YUYV"
    assert chosen([Mode("YUYV", 640, 480, (15.0,)), Mode("MJPG", 640, 480, (30.0,))]) == "MJPG"


def test_30000_in_1001_seconds_is_30() -> None:
    assert chosen([Mode("YUYV", 640, 480, (30000 / 1001,))], fps=30) == "YUYV"


def test_a_camera_that_lists_no_rates_may_have_any() -> None:
    assert chosen([Mode("YUYV", 640, 480)], fps=47) == "YUYV"


def test_a_range_of_rates_holds_all_between() -> None:
    ranged = [Mode("YUYV", 640, 480, (60.0, 5.0), any_rate=True)]
    assert chosen(ranged, fps=24) == "YUYV"
    assert refusal(ranged, fps=70) == "CAM gives at 640 x 480 no 70 pictures a second but anything between 5, 60"


def test_without_a_wish_the_size_nearest_to_its_own_is_taken() -> None:
    assert choose("CAM", WEBCAM[2:], (1920, 1080), CameraSettings()).width == 1280


def test_what_is_not_offered_is_answered_with_what_is() -> None:
    expected = "CAM offers no 800 x 600 (source.width, source.height) but 640 x 480, 1280 x 720"
    assert refusal(WEBCAM, width=800, height=600) == expected
    assert refusal(WEBCAM, fps=25) == "CAM gives at 640 x 480 no 25 pictures a second but 15, 30"
    assert refusal([]).startswith("CAM offers no format that can be read, which are YUYV,")


MODES = st.builds(
    Mode,
    st.sampled_from(FORMATS),
    st.integers(0, 10000),
    st.integers(0, 10000),
    st.lists(st.floats(0.01, 1000), max_size=4).map(tuple),
    st.booleans(),
)


@given(st.lists(MODES, max_size=6), st.tuples(st.integers(0, 10000), st.integers(0, 10000)), st.floats(0, 1000))
def test_any_list_of_modes_gives_one_of_them_or_one_sentence(
    modes: list[Mode], own: tuple[int, int], fps: float
) -> None:
    try:
        assert choose("CAM", modes, own, CameraSettings(fps=fps)) in modes
    except ReaderError as exc:
        assert "\n" not in str(exc)
