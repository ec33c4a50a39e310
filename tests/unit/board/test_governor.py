"""When less is done because of heat."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from visaged.board.governor import DIVISORS, HYSTERESIS_C, Governor, Terms

LIMITS = (70.0, 75.0, 80.0)
DWELL = 30.0


class Course:
    """A governor, and the clock that is read every two seconds."""

    def __init__(self):
        self.governor = Governor(Terms(LIMITS, DWELL))
        self.now = 0.0

    def read(self, degrees, *causes, seconds=4.0):
        """The step after so many seconds of the same reading."""
        for _ in range(int(seconds / 2)):
            self.now += 2.0
            step = self.governor.update(self.now, degrees, causes)
        return step


def test_a_cool_board_does_everything():
    step = Course().read(69.9)
    assert (step.level, step.divisor, step.temperature, step.reason) == (0, 1, 69.9, None)


def test_each_limit_is_a_step():
    course = Course()
    assert [course.read(degrees).divisor for degrees in (70, 75, 80)] == [2, 3, 5]


def test_great_heat_takes_all_steps_at_once_and_says_why():
    step = Course().read(83.2)
    assert (step.level, step.reason) == (3, "83.2 degrees, limit 80")


def test_a_single_reading_does_nothing():
    course = Course()
    assert course.read(95, seconds=2).level == 0
    assert course.read(50, seconds=2).level == 0
    assert course.read(95, seconds=2).level == 0


def test_it_comes_back_step_by_step_each_after_its_time():
    course = Course()
    course.read(81)
    assert course.read(60, seconds=DWELL).level == 3
    assert course.read(60, seconds=4).level == 2
    assert course.read(60, seconds=DWELL).level == 1
    last = course.read(60, seconds=DWELL)
    assert (last.level, last.reason) == (0, None)


def test_it_must_be_cooler_than_the_limit_by_some_degrees():
    course = Course()
    course.read(71)
    assert course.read(70 - HYSTERESIS_C + 0.1, seconds=300).level == 1
    assert course.read(70 - HYSTERESIS_C - 0.1, seconds=DWELL + 4).level == 0


def test_a_warm_moment_begins_the_waiting_anew():
    course = Course()
    course.read(71)
    course.read(60, seconds=DWELL - 4)
    course.read(68, seconds=2)
    assert course.read(60, seconds=DWELL).level == 1
    assert course.read(60, seconds=4).level == 0


def test_a_machine_that_is_slowed_down_takes_one_step_more():
    course = Course()
    step = course.read(50, "under-voltage", "throttled")
    assert (step.level, step.reason) == (1, "under-voltage, throttled")
    assert course.read(71, "throttled").level == 2
    assert course.read(90, "throttled").level == 3
    assert course.read(50, "under-voltage", seconds=600).level == 1


def test_a_step_that_nothing_asks_for_any_more_says_so_with_the_degrees_of_now():
    course = Course()
    course.read(90)
    assert course.read(78).reason == "78.0 degrees, limit 80"
    assert course.read(50).reason == "cooling down, 50.0 degrees"
    step = course.read(49, seconds=DWELL)
    assert (step.level, step.reason) == (2, "cooling down, 49.0 degrees")
    assert course.read(50, "under-voltage").reason == "cooling down, 50.0 degrees, under-voltage"
    assert course.read(50, "under-voltage", seconds=600).reason == "under-voltage"
    assert course.read(73, "throttled").reason == "73.0 degrees, limit 70, throttled"


def test_the_grounds_of_a_step_change_with_its_causes_and_not_with_every_degree():
    course = Course()
    readings = [(90,), (89.9,), (77,), (76.1,), (50,), (49.9,), (90, "throttled"), (90, "under-voltage")]
    assert [course.read(*reading).grounds for reading in readings] == [
        *[("limit 80",)] * 4,
        *[("cooling down",)] * 2,
        ("limit 80", "throttled"),
        ("limit 80", "under-voltage"),
    ]
    assert course.read(None, seconds=600).grounds == ()


def test_a_sensor_that_falls_silent_for_a_moment_is_believed_in_what_it_said_last():
    course = Course()
    course.read(76)
    step = course.read(None, seconds=DWELL - 2)
    assert (step.level, step.reason) == (2, "76.0 degrees, limit 75")
    assert course.read(76, seconds=DWELL).level == 2


def test_when_a_sensor_is_gone_the_steps_are_taken_back_in_their_time():
    course = Course()
    course.read(76)
    step = course.read(None, seconds=DWELL + 2)
    assert (step.level, step.temperature, step.reason) == (2, None, "no temperature is known any more")
    assert course.read(None, seconds=DWELL).level == 1
    assert course.read(None, seconds=DWELL).level == 0


def test_a_machine_without_a_sensor_that_was_slowed_down_comes_back_too():
    course = Course()
    assert course.read(None, "throttled").reason == "throttled"
    assert course.read(None).reason == "cooling down"
    assert course.read(None, seconds=DWELL).level == 0


def test_a_machine_without_a_sensor_does_everything():
    step = Course().read(None, seconds=60)
    assert (step.level, step.temperature) == (0, None)


@given(st.lists(st.tuples(st.floats(-50, 150), st.booleans()), min_size=2, max_size=60))
def test_two_readings_decide_and_it_rises_one_step_in_its_time_at_most(readings):
    governor, levels = Governor(Terms(LIMITS, DWELL)), [0]
    for index, (degrees, slowed) in enumerate(readings):
        levels.append(governor.update(index * 2.0, degrees, ("throttled",) if slowed else ()).level)
    assert all(0 <= level < len(DIVISORS) for level in levels)
    falls = [index for index in range(1, len(levels)) if levels[index] < levels[index - 1]]
    assert all(levels[index - 1] - levels[index] == 1 for index in falls)
    assert all((later - earlier) * 2.0 >= DWELL for earlier, later in pairwise(falls))
    for index in range(1, len(readings)):
        needed = min(sum(readings[i][0] >= limit for limit in LIMITS) for i in (index - 1, index))
        assert levels[index + 1] >= needed
