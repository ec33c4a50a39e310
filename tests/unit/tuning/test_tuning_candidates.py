"""What is tried, and what is best."""

import pytest

from visaged.tuning.candidates import Result, best, candidates
from visaged.vision.session import Execution


def result(fps, cpu, p50=5.0, threads=1):
    return Result(Execution(threads), True, fps, cpu, p50, p50 * 2)


@pytest.mark.parametrize(
    ("cores", "counts"), [(1, {1}), (2, {1, 2}), (3, {1, 2, 3}), (4, {1, 2, 4}), (6, {1, 2, 4, 6})]
)
def test_one_thread_and_more_up_to_the_cores(cores, counts):
    assert {one.threads for one in candidates(cores)} == counts


def test_everything_is_tried_once_and_one_thread_does_not_spin():
    tried = candidates(4)
    assert len(set(tried)) == len(tried) == 2 + 2 * 4
    assert not any(one.spinning for one in tried if one.threads == 1)
    assert candidates(128)[-1].threads == 8


def test_the_cheapest_that_keeps_up_is_best():
    slow, cheap, dear = result(20, 10), result(29.5, 40), result(30, 90, p50=2)
    assert best([slow, dear, cheap], 30) is cheap


def test_among_equally_cheap_ones_the_quickest_is_best():
    first, quick = result(30, 40, p50=9), result(30, 41, p50=6)
    assert best([first, quick], 30) is quick


def test_where_nothing_keeps_up_the_fastest_is_best():
    slow, slower = result(12, 100), result(9, 80)
    assert best([slower, slow], 30) is slow
