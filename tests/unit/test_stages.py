"""Durations by stage, and rates."""

import threading

import pytest

from visaged.stages import WINDOW, Rate, StageTimes


def test_percentiles_are_in_milliseconds_and_by_stage():
    times = StageTimes()
    for value in range(101):
        times.record("vision", value / 1000)
    times.record("publish", 0.002)
    assert times.percentiles() == {
        "vision": pytest.approx((50, 95, 99)),
        "publish": pytest.approx((2, 2, 2)),
    }


def test_only_the_latest_measurements_count():
    times = StageTimes()
    for value in [9.0] * 50 + [0.001] * WINDOW:
        times.record("vision", value)
    assert times.percentiles()["vision"] == pytest.approx((1, 1, 1))


def test_nothing_measured_is_nothing_told():
    assert StageTimes().percentiles() == {}


def test_several_threads_may_record_while_another_asks():
    times = StageTimes()

    def record(stage):
        for _ in range(500):
            times.record(stage, 0.001)

    threads = [threading.Thread(target=record, args=(f"stage {i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert all(values == pytest.approx((1, 1, 1)) for values in times.percentiles().values())
    assert len(times.percentiles()) == 4


def test_a_rate_is_that_since_the_last_call():
    rate = Rate(now=100.0)
    assert rate.update(50, 102.0) == 25.0
    assert rate.update(50, 103.0) == 0.0
    assert rate.update(60, 103.5) == 20.0


def test_a_rate_counts_from_where_it_begins():
    assert Rate(now=100.0, count=5000).update(5050, 102.0) == 25.0


def test_no_time_has_no_rate():
    assert Rate(now=100.0).update(5, 100.0) == 0.0
