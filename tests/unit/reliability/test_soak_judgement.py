"""What an hour's figures come to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))

from measures.under_test import Pose, Usage
from soak import Sample, judged

HOUR_S, STEP_S = 3600, 5
TIMES = range(0, HOUR_S + 1, STEP_S)


def judge(*, mb_per_h: float = 0.0, fds: float = 0.0, threads: float = 0.0, slower: float = 1.0, busier: float = 1.0):
    """An hour in which things become more at the end by so much, and latencies so many times as long."""

    def grown(at: float) -> Usage:
        late = at > HOUR_S / 2
        return Usage(140 + mb_per_h * at / HOUR_S + (at % 2) * 0.3, round(6 + fds * late), round(9 + threads * late))

    samples = [Sample(at, grown(at), at / 4) for at in TIMES]
    late = [(at, at > HOUR_S / 2) for at in TIMES]
    poses = [Pose(at, at - 0.010 * (slower if end else 1), number, 0) for number, (at, end) in enumerate(late)]
    ticks = [(float(at), 5.0 * (busier if end else 1)) for at, end in late]
    return judged(samples, poses, ticks)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({}, []),
        ({"mb_per_h": 0.9}, []),
        ({"mb_per_h": 1.1}, ["rss"]),
        ({"fds": 1}, ["fds"]),
        ({"threads": 1}, ["threads"]),
        ({"slower": 2.0}, ["latency"]),
        ({"slower": 2.0, "busier": 2.0}, []),
        ({"slower": 20.0, "busier": 8.0}, []),
    ],
)
def test_growth_breaks_its_bound_and_nothing_else_does(change, broken):
    assert judge(**change)["broken"] == broken


def test_a_file_that_is_open_for_a_moment_is_no_growth():
    samples = [Sample(at, Usage(140, 6 + (at == HOUR_S - 5), 9), at / 4) for at in TIMES]
    poses = [Pose(at, at - 0.01, number, 0) for number, at in enumerate(TIMES)]
    assert judged(samples, poses, [(float(at), 5.0) for at in TIMES])["broken"] == []


def test_a_latency_that_a_busy_machine_hides_is_said_to_be_unjudged():
    assert judge(busier=8.0)["not_judged"] == ["latency"]
    assert judge(busier=2.0)["not_judged"] == []


def test_what_is_lost_and_skipped_is_counted():
    samples = [Sample(at, Usage(140, 6, 9), at / 4) for at in TIMES]
    poses = [Pose(at, at - 0.01, 2 * number, 3) for number, at in enumerate(TIMES) if at >= HOUR_S / 10]
    figures = judged(samples, poses, [(float(at), 5.0) for at in TIMES])
    assert (figures["skipped"], figures["lost"]) == (3 * len(poses), len(poses) - 1)
    assert figures["cpu"] == 0.25
