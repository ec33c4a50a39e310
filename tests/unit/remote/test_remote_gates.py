"""When a trial has failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from visaged.config import Config, changed, load
from visaged.remote.expectation import comparable, opening_s
from visaged.remote.gates import Before, Bounds, Gates, Signs

WELL = Before(25.0, 8.0, camera=True, broker=True)
FIRST = Signs(100.0, 1000, 8.0, None, None)


def outcome(
    before: Before = WELL, *, fps: float = 25.0, seconds: float = 60.0, **signs: object
) -> tuple[float, str] | None:
    """After how many seconds which gate has failed, None: none in a trial of ``seconds`` in which all is like this."""
    gates = Gates(FIRST, before, Bounds(0.5, 3.0), seconds)
    for step in range(1, int(seconds * 4) + 1):
        age = step / 4
        now = replace(FIRST, now=FIRST.now + age, frames=FIRST.frames + int(fps * age), **signs)  # type: ignore[arg-type]
        failed = gates.look(now)
        if failed is not None:
            return age, failed[0]
    return None


def test_what_goes_as_before_passes() -> None:
    assert outcome() is None
    assert outcome(seconds=2.0) is None


@pytest.mark.parametrize(
    ("expected", "signs"),
    [
        ((3.0, "frames"), {"fps": 0.0}),
        ((3.0, "camera"), {"camera": "no camera"}),
        ((10.0, "broker"), {"broker": "refused"}),
        ((10.0, "fps"), {"fps": 10.0}),
        ((5.0, "latency"), {"latency_ms": 31.0}),
    ],
)
def test_what_is_worse_than_before_fails_soon(expected: tuple[float, str], signs: dict[str, object]) -> None:
    assert outcome(**signs) == expected  # type: ignore[arg-type]


def test_what_is_quick_enough_need_not_be_as_quick_as_before() -> None:
    assert outcome(replace(WELL, latency_ms=1.0), latency_ms=29.0) is None


def test_what_was_not_well_before_need_not_be_now() -> None:
    before = Before(None, None, camera=False, broker=False)
    assert outcome(before, fps=0.0, camera="no camera", broker="refused", latency_ms=None) is None


def test_a_short_interruption_is_forgiven() -> None:
    gates = Gates(FIRST, WELL, Bounds(0.5, 3.0), 60.0)
    for age in range(1, 3):
        assert gates.look(replace(FIRST, now=FIRST.now + age, camera="starting")) is None
    assert gates.look(replace(FIRST, now=103.0, frames=1010)) is None
    assert gates.facts()["camera"]["state"] == "open"


def test_who_is_not_well_at_the_end_has_failed() -> None:
    gates = Gates(FIRST, WELL, Bounds(0.5, 3.0), 60.0)
    for step in range(1, 240):
        assert gates.look(replace(FIRST, now=100 + step / 4, frames=1000 + step * 6)) is None
    failed = gates.look(replace(FIRST, now=160.0, frames=2500, broker="refused"))
    assert failed is not None and failed[0] == "broker"


def test_the_reason_of_a_failure_is_one_sentence_whatever_the_broker_says() -> None:
    gates = Gates(FIRST, WELL, Bounds(0.5, 3.0), 60.0)
    signs = replace(FIRST, now=110.0, frames=1250, broker="Nothing listens there; check host and port.")
    assert gates.look(signs) == ("broker", "Nothing listens there; check host and port for 10.0 s")


def opened(
    after_s: float, *, opening_s: float = 10.0, seconds: float = 60.0, lost_after_s: float = 1e9
) -> tuple[float, str] | None:
    """After how many seconds which gate has failed where a source gives frames ``after_s`` seconds after it was opened
    anew, and none once ``lost_after_s``; the last frame of the one before it comes later than that."""
    gates = Gates(FIRST, WELL, Bounds(0.5, 3.0), seconds, opening_s)
    frames = FIRST.frames + 1
    for step in range(1, int(seconds * 4) + 1):
        age = step / 4
        flows = after_s <= age < lost_after_s
        frames += 6 * flows
        camera = None if flows else "starting"
        failed = gates.look(replace(FIRST, now=FIRST.now + age, frames=frames, camera=camera))
        if failed is not None:
            return age, failed[0]
    return None


def test_a_source_that_is_opened_anew_may_take_as_long_as_that_may_take() -> None:
    assert opened(12.5) is None
    assert opened(1e9) == (13.0, "camera")
    assert opened(4.0, opening_s=0.0) == (3.0, "camera")


def test_a_source_that_does_not_open_within_the_trial_has_failed_at_its_end() -> None:
    assert opened(1e9, seconds=6.0) == (6.0, "frames")


def test_a_source_that_has_opened_is_waited_for_no_longer() -> None:
    assert opened(4.0, lost_after_s=20.0) == (22.75, "frames")


def test_how_long_a_source_may_take_is_what_the_new_configuration_says() -> None:
    def after(*sets: str) -> float:
        old, new = load(None, ["track.max_faces=3"]).config, load(None, ["source.open_timeout_s=7.5", *sets]).config
        return opening_s([key for key in changed(old, new) if key.path != "source.open_timeout_s"], new)

    assert after("track.max_faces=3") == 0.0
    assert after("track.max_faces=3", "detect.size=256", "snapshot.queue=5") == 0.0
    assert after("source.width=640", "source.height=480") == 7.5
    assert after("model.models_dir=/somewhere") == 7.5


def test_what_is_meant_to_change_is_not_compared() -> None:
    def after(*sets: str) -> Before:
        return comparable(WELL, Config(), load(None, sets).config)

    assert after("source.uri=rpicam:0") == replace(WELL, fps=None, latency_ms=None)
    assert after("source.fps=5") == replace(WELL, fps=5.0)
    assert after("source.fps=60") == WELL
    assert after("track.max_faces=1") == WELL
