"""What the doctor says of a board."""

import pytest

from visaged.board.cores import Core
from visaged.board.memory import Memory
from visaged.board.profiles import Profile
from visaged.board.thermal import Zone
from visaged.board.throttling import Throttling
from visaged.doctor import hardware

PROFILE = Profile(name="pi", threads=1, arena=True, big_cores=False, step_down_c=(70, 75, 80), compatible=("a,b",))
OTHERS = Profile(name="others", threads=1, arena=True, big_cores=False, step_down_c=(70, 75, 80))


def core(number=0, governor="ondemand", capacity=None):
    return Core(number, "Cortex-A72", capacity, 1800, governor)


def test_a_board_that_nobody_knows_is_a_warning_where_it_has_a_device_tree():
    assert hardware.board("Pi", ("a,b",), PROFILE).state == "ok"
    assert hardware.board("Acme", ("acme,x",), OTHERS).state == "warn"
    assert hardware.board("x86_64", (), OTHERS).state == "ok"


def test_big_cores_are_named_where_there_are_little_ones():
    assert hardware.cores([core(0, capacity=400), core(1, capacity=1024)]).detail.endswith("the big ones are 1")
    assert "big" not in hardware.cores([core(0), core(1)]).detail
    assert hardware.cores([]).state == "warn"


@pytest.mark.parametrize(("governor", "state"), [("powersave", "warn"), ("schedutil", "ok"), (None, "ok")])
def test_a_governor_that_keeps_the_cores_slow_is_a_warning(governor, state):
    finding = hardware.governor([core(governor=governor)])
    assert (finding.state, finding.advice is None) == (state, state == "ok")


@pytest.mark.parametrize(("degrees", "state"), [(50.0, "ok"), (71.0, "warn"), (81.0, "fail")])
def test_heat_is_told_before_it_matters(degrees, state):
    assert hardware.temperature([Zone("cpu-thermal", degrees)], PROFILE, 0).state == state


def test_heat_is_judged_by_the_configured_limit():
    assert hardware.temperature([Zone("cpu-thermal", 61.0)], PROFILE, 60).state == "warn"
    assert hardware.temperature([], PROFILE, 0).state == "warn"


@pytest.mark.parametrize(
    ("found", "state", "word"),
    [
        (None, "ok", "does not say"),
        (Throttling((), ()), "ok", "none"),
        (Throttling((), ("under-voltage",)), "warn", "since the start"),
        (Throttling(("throttled",), ("throttled",)), "fail", "now"),
    ],
)
def test_what_slows_the_board_down_is_told(found, state, word):
    finding = hardware.throttling(found)
    assert finding.state == state and word in finding.detail


def test_the_advice_is_for_the_cause():
    assert "power supply" in hardware.throttling(Throttling(("under-voltage", "throttled"), ())).advice
    assert "fan" in hardware.throttling(Throttling(("soft temperature limit",), ())).advice


@pytest.mark.parametrize(
    ("available", "limit", "state"),
    [(900, None, "ok"), (300, None, "warn"), (100, None, "fail"), (900, 200, "fail"), (900, 500, "ok")],
)
def test_memory_is_what_we_may_have_of_what_there_is(available, limit, state):
    found = Memory(10**9, available * 10**6, limit and limit * 10**6)
    assert hardware.memory(found).state == state


def test_memory_that_is_not_known_is_a_warning():
    assert hardware.memory(Memory(None, None, None)).state == "warn"


@pytest.mark.parametrize(("kept", "state"), [(True, "ok"), (False, "warn"), (None, "warn")])
def test_a_memory_limit_that_nobody_keeps_is_a_warning(kept, state):
    finding = hardware.memory_limit(kept)
    assert (finding.state, finding.advice is None) == (state, state == "ok")


@pytest.mark.parametrize(("synchronised", "state"), [(True, "ok"), (False, "warn"), (None, "warn")])
def test_a_clock_that_is_not_set_is_a_warning(synchronised, state):
    assert hardware.clock(synchronised).state == state
