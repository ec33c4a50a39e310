"""Measures the whole daemon at 30 frames a second: latency from capture to subscriber, and where the CPU time goes.

A USB camera sends 720p motion JPEG with one face; one thread runs the networks. Prints tables, or one JSON object
(``--json``). Latency counts from the driver's time stamp, before anything is read. Exit status 1 where it is beyond
its bounds: the median at most one run of the network and 3 ms, the 99th percentile at most twice the median.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from measures.under_test import Pose, daemon, family_cpu_s, private_broker, subscriber, wait_for_poses
from measures.usb_camera import UsbCamera, usb_camera
from reliability import machine, write_section
from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.sources.jpeg import JpegPicture
from visaged.vision.regressor import open_regressor

BEYOND_MS, P99_OVER_P50 = 3.0, 2.0
WARM_UP_S = 3.0
HERE = Path(__file__).resolve().parent


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench-daemon", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each of the three runs measures")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/reliability.md")
    args = parser.parse_args()
    sets = ["inference.threads=1", "mqtt.health_interval_s=10", *args.sets]
    vision = open_vision(load(None, sets).config)
    net_ms = _net_ms(vision)
    with tempfile.TemporaryDirectory() as name, usb_camera(Path(name)) as camera:
        decode_ms = _decode_ms(vision, Path(name))
        poses, cpu = _plain(Path(name), camera, sets, args.seconds)
        spent, _ = _metered("cpu", Path(name), camera, sets, args.seconds)
        way, timed = _metered("way", Path(name), camera, sets, args.seconds)
    latency = _latency(poses, net_ms)
    result = {
        **machine(),
        "net_ms": round(net_ms, 3),
        "decode_ms": round(decode_ms, 3),
        "latency": latency,
        "cpu": round(cpu, 3),
        **_stages(spent),
        "way_ms": {
            **{name: s * 1000 for name, s in way.items()},
            "with the subscriber": _latency(timed, net_ms)["p50_ms"],
        },
    }
    print(json.dumps(result) if args.json else "\n".join(_tables(result)))
    if args.write:
        write_section("latency", _tables(result))
    return 0 if latency["within_bounds"] else 1


def _net_ms(vision: Vision) -> float:
    """One run of the network on one thread, the median of 200, while nothing else of ours runs."""
    assert vision.pack.regressor is not None
    return _median_ms(open_regressor(vision.pack.regressor, vision.execution).run)


def _decode_ms(vision: Vision, folder: Path) -> float:
    """As much of one picture of the camera as its face takes."""
    sent = memoryview(next(folder.glob("*.jpg")).read_bytes())
    (face,) = vision.tracker().update(JpegPicture(sent))
    return _median_ms(lambda: vision.judge.part(JpegPicture(sent), face.roi))


def _median_ms(call: Callable[[], object], times: int = 200, warm_up: int = 50) -> float:
    samples = []
    for _ in range(warm_up + times):
        began = time.perf_counter()
        call()
        samples.append((time.perf_counter() - began) * 1000)
    return statistics.median(samples[warm_up:])


def _plain(folder: Path, camera: UsbCamera, sets: list[str], seconds: float) -> tuple[list[Pose], float]:
    """The poses of the time, and the share of one core that the daemon took, with what it has started."""
    given, seen = [*camera.sets, *sets], camera.environment
    with (
        private_broker(folder) as port,
        subscriber(port) as kept,
        daemon(port, folder, given, environment=seen) as process,
    ):
        wait_for_poses(kept, process, folder)
        time.sleep(WARM_UP_S)
        first, began, before = len(kept.poses), time.monotonic(), family_cpu_s(process.pid)
        time.sleep(seconds)
        share = (family_cpu_s(process.pid) - before) / (time.monotonic() - began)
        return kept.poses[first:], share


def _metered(meter: str, folder: Path, camera: UsbCamera, sets: list[str], seconds: float) -> tuple[Any, list[Pose]]:
    """What the ``meter`` says (see ``measures/metered_daemon.py``), and the poses meanwhile."""
    file = folder / f"{meter}.json"
    told = {"VISAGED_METER": meter, "VISAGED_METER_S": str(seconds), "VISAGED_METER_FILE": str(file)}
    given, program = [*camera.sets, *sets], str(HERE / "measures/metered_daemon.py")
    with (
        private_broker(folder) as port,
        subscriber(port) as kept,
        daemon(port, folder, given, program, environment={**camera.environment, **told}) as process,
    ):
        process.wait(seconds + 60)
    if not file.exists():
        sys.exit(f"Nothing was measured. The daemon said:\n{(folder / 'daemon.log').read_text()}")
    return json.loads(file.read_text()), kept.poses


def _latency(poses: list[Pose], net_ms: float) -> dict[str, Any]:
    p50, p95, p99 = np.percentile([pose.latency_ms for pose in poses], (50, 95, 99)).tolist()
    return {
        "p50_ms": round(p50, 2),
        "p95_ms": round(p95, 2),
        "p99_ms": round(p99, 2),
        "frames": len(poses),
        "skipped": sum(pose.skipped for pose in poses),
        "within_bounds": p50 <= net_ms + BEYOND_MS and p99 <= P99_OVER_P50 * p50,
    }


def _stages(spent: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Milliseconds of CPU for each frame, by stage and by thread."""
    frames, stages, threads = max(1.0, spent["calls"]["pipeline"]), spent["stages"], spent["threads"]
    stages["read"] = threads.get("capture", 0.0) + threads["other processes"]
    stages["everything else"] = sum(threads.values()) - sum(stages.values())
    per_frame = {
        part: {name: round(seconds / frames * 1000, 3) for name, seconds in values.items()}
        for part, values in (("stage", stages), ("thread", threads))
    }
    return {"frames_per_s": round(frames / spent["whole"]["clock"], 2), "ms_per_frame": per_frame}


def _tables(result: dict[str, Any]) -> list[str]:
    latency, parts = result["latency"], result["ms_per_frame"]
    lines = [
        f"`scripts/bench-daemon` on {result['machine']}; in a loop one run of the network takes {result['net_ms']} ms, "
        f"the part of a picture with the face is decoded in {result['decode_ms']} ms.",
        "",
        f"- Latency: median {latency['p50_ms']} ms (bound {result['net_ms'] + BEYOND_MS:.2f}), "
        f"95 % {latency['p95_ms']} ms, 99 % {latency['p99_ms']} ms (bound {P99_OVER_P50 * latency['p50_ms']:.2f}), "
        f"{latency['skipped']} of {latency['frames'] + latency['skipped']} frames skipped.",
        f"- CPU: {result['cpu']:.1%} of one core, at {result['frames_per_s']} frames a second.",
        "",
        "| a frame is | ms after it was taken | ms more |",
        "|---|---:|---:|",
    ]
    way = result["way_ms"]
    for name, (before, until) in zip(way, pairwise([0.0, *way.values()]), strict=True):
        lines.append(f"| {name} | {until:.2f} | {until - before:.2f} |")
    for part, values in parts.items():
        lines += ["", f"| {part} | CPU ms a frame | share |", "|---|---:|---:|"]
        total = sum(values.values())
        ranked = sorted(values.items(), key=lambda item: -item[1])
        lines += [f"| {name} | {ms:.2f} | {ms / total:.0%} |" for name, ms in ranked]
    return lines


if __name__ == "__main__":
    sys.exit(main())
