"""Runs the daemon for an hour at full rate, and sees whether it, with what reads its camera, grows or slows down.

The camera is a USB camera that repeats a minute of the synthetic person in 720p motion JPEG. Prints one JSON object.
Exit status 1 where a bound is broken: memory grows (slope by Theil and Sen, after a warm-up), files or threads become
more, or the 99th percentile of the latency in the last third is not that of the first.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from statistics import median_low
from typing import Any, NamedTuple

import numpy as np

from measures.clockwork import clockwork
from measures.under_test import (
    Pose,
    Subscriber,
    Usage,
    daemon,
    family_cpu_s,
    private_broker,
    subscriber,
    usage,
    wait_for_poses,
)
from measures.usb_camera import FPS, UsbCamera, usb_camera
from reliability import machine, write_section
from visaged.synthetic.script import MINUTE

PICTURES = int(MINUTE * FPS)
"""The person is at rest at both ends of a minute, and has been away meanwhile."""

WARM_UP, LEAST_WARM_UP_S = 0.1, 60.0
"""Of the run, and at least: until memory for every case has been taken."""

SAMPLE_S = 5.0
SLOPE_MB_PER_H = 1.0
ROOM_MB = 0.9
"""What a slope of 1 MB/h comes to in an hour's run; as it comes and goes by itself it bounds that of shorter ones."""

WINDOW_S = 10.0
"""A third's latency is the median of its windows' 99th percentiles: what else the machine does hits single ones."""

P99_RATIO, P99_SLACK_MS = 1.3, 3.0
"""How much worse the last third may be than the first, where a clockwork beside the daemon is no worse."""

TOO_BUSY_MS = 33.0
"""A frame's time: where even the clockwork is so late the machine is too busy to judge any latency by it."""

Latency = tuple[float, float]
"""A monotonic time, and milliseconds."""


class Sample(NamedTuple):
    """At a monotonic time, what the daemon held, and its CPU seconds so far."""

    at: float
    held: Usage
    cpu_s: float


def main() -> int:
    """Soak, print, and say whether all held."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--source", help="what it looks at instead of the drawn camera, as source.uri takes it")
    parser.add_argument("--fps", type=float, default=30.0, help="frames per second of the camera (default: 30)")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/reliability.md")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))  # so that daemon and broker end as well
    with tempfile.TemporaryDirectory() as folder:
        samples, kept, ticks = _soak(args, Path(folder))
    result = judged(samples, kept.poses, ticks) | {"minutes": args.minutes, "fps": args.fps, **machine()}
    print(json.dumps(result))
    if args.write:
        write_section("soak", _table(result))
    return 1 if result["broken"] else 0


def _soak(args: argparse.Namespace, folder: Path) -> tuple[list[Sample], Subscriber, list[Latency]]:
    given = UsbCamera((f"source.uri={args.source}", "source.loop=true"), {})
    with (
        nullcontext(given) if args.source else usb_camera(folder, range(PICTURES)) as camera,
        private_broker(folder) as port,
        subscriber(port) as kept,
        daemon(
            port, folder, [*camera.sets, f"source.fps={args.fps}", *args.sets], environment=camera.environment
        ) as process,
    ):
        wait_for_poses(kept, process, folder)
        with clockwork(args.fps) as ticks:
            return _watch(process, kept, args.minutes * 60), kept, ticks


def _watch(process: subprocess.Popen[bytes], kept: Subscriber, seconds: float) -> list[Sample]:
    began, samples = time.monotonic(), []
    while (now := time.monotonic()) < began + seconds:
        if process.poll() is not None:
            sys.exit(f"The daemon ended after {now - began:.0f} s with status {process.returncode}.")
        samples.append(Sample(now, usage(process.pid), family_cpu_s(process.pid)))
        if len(samples) % 12 == 1:
            _say(f"{(now - began) / 60:5.1f} min  {samples[-1].held.rss_mb:.1f} MB  {len(kept.poses)} poses")
        time.sleep(SAMPLE_S)
    return samples


def judged(samples: list[Sample], poses: list[Pose], ticks: list[Latency]) -> dict[str, Any]:
    """The figures, and which bounds they break."""
    began, end = samples[0].at, samples[-1].at
    warm = began + max(LEAST_WARM_UP_S, WARM_UP * (end - began))
    samples = [sample for sample in samples if sample.at >= warm]
    poses = [pose for pose in poses if warm <= pose.arrived <= end]
    first, last = warm + (end - warm) / 3, end - (end - warm) / 3
    slope = _slope([sample.at for sample in samples], [sample.held.rss_mb for sample in samples]) * 3600
    bound = max(SLOPE_MB_PER_H, ROOM_MB / ((end - warm) / 3600))
    early = [sample.held for sample in samples if sample.at <= first]
    late = [sample.held for sample in samples if sample.at >= last]
    thirds = (warm, first), (last, end)
    p99 = [_p99([(pose.arrived, pose.latency_ms) for pose in poses], *third) for third in thirds]
    clock = [_p99(ticks, *third) for third in thirds]
    fds, threads = (
        [median_low(getattr(held, name) for held in part) for part in (early, late)] for name in ("fds", "threads")
    )
    is_too_busy = max(clock) >= TOO_BUSY_MS
    broken = {
        "rss": slope > bound,
        "fds": fds[1] > fds[0],
        "threads": threads[1] > threads[0],
        "latency": not is_too_busy and p99[1] > P99_RATIO * p99[0] * max(1.0, clock[1] / clock[0]) + P99_SLACK_MS,
    }
    return {
        "rss_mb": round(samples[-1].held.rss_mb, 1),
        "rss_mb_per_h": round(slope, 2),
        "rss_bound_mb_per_h": round(bound, 2),
        "fds": fds,
        "threads": threads,
        "latency_p99_ms": [round(value, 1) for value in p99],
        "clockwork_p99_ms": [round(value, 1) for value in clock],
        "fps_out": round(len(poses) / (end - warm), 2),
        "skipped": sum(pose.skipped for pose in poses),
        "lost": sum(b.seq - a.seq - 1 for a, b in pairwise(poses)),
        "cpu": round((samples[-1].cpu_s - samples[0].cpu_s) / (samples[-1].at - samples[0].at), 3),
        "broken": [name for name, is_broken in broken.items() if is_broken],
        "not_judged": ["latency"] if is_too_busy else [],
    }


def _slope(times: list[float], values: list[float]) -> float:
    """The median of the slopes between all pairs (Theil, 1950; Sen, 1968): single peaks do not move it."""
    x, y = np.array(times), np.array(values)
    one, other = np.triu_indices(len(x), k=1)
    return float(np.median((y[other] - y[one]) / (x[other] - x[one])))


def _p99(latencies: list[Latency], since: float, until: float) -> float:
    windows: dict[int, list[float]] = {}
    for at, milliseconds in latencies:
        if since <= at <= until:
            windows.setdefault(int(at // WINDOW_S), []).append(milliseconds)
    return float(np.median([np.percentile(window, 99) for window in windows.values()]))


def _table(result: dict[str, Any]) -> list[str]:
    rows = {
        "Memory": f"{result['rss_mb']} MB, {result['rss_mb_per_h']:+} MB/h (bound {result['rss_bound_mb_per_h']})",
        "Open files, first and last third": " and ".join(map(str, result["fds"])),
        "Threads, first and last third": " and ".join(map(str, result["threads"])),
        "Latency p99, first and last third": " and ".join(f"{value} ms" for value in result["latency_p99_ms"]),
        "The same of a clockwork beside it": " and ".join(f"{value} ms" for value in result["clockwork_p99_ms"]),
        "Frames a second": f"{result['fps_out']} of {result['fps']:g}",
        "Frames skipped, poses lost": f"{result['skipped']} and {result['lost']}",
        "CPU": f"{result['cpu']:.0%} of one core",
    }
    verdict = "broken: " + ", ".join(result["broken"]) if result["broken"] else "every bound held"
    if result["not_judged"]:
        verdict += "; not judged, as the machine was too busy: " + ", ".join(result["not_judged"])
    told = f"`scripts/soak --minutes {result['minutes']:g} --write` on {result['machine']}: {verdict}."
    return [told, "", "| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows.items())]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
