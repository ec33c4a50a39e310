"""Measures visaged and prints the figures, as a table or as JSON (``--json``).

A time is also given in *nets*: divided by one single-thread run of the regressor in the same process. Each stage takes
turns with that run, so that a machine that slows down slows both; every figure is a median after a warm-up.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

import cv2
import numpy as np

from bench_rendering import growth_stages, rendering_stages
from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.mqtt import payload
from visaged.mqtt.codec import encode
from visaged.mqtt.payload import Stamp
from visaged.sources.opener import open_source
from visaged.values import Face, Image, Part, Picture
from visaged.vision.face_model import open_face_model
from visaged.vision.regressor import open_regressor

ROUNDS, GROWTH_ROUNDS, WARM_UP = 400, 60, 10
MAX_FRAMES = 200
STAMP = Stamp(812, "5f0c2a", 1795354646.807, 81.402)


def main() -> None:
    """Measure with one thread and with the default number (or the given one), and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", default="../shared/samples/video/obama.mp4", help="a video with a face")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each number of threads")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    parser.add_argument("--threads", type=int, help="measure with so many threads too (default: what is automatic)")
    parser.add_argument(
        "--growth", action="store_true", help="also measure how rendering grows with the face and so on"
    )
    parser.add_argument("--first-pose", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.first_pose:
        print(json.dumps(_first_pose(args.source, args.sets)))
        return
    fresh = _in_fresh_process(args)
    for threads in sorted({1, args.threads or 1}):
        result = {**_measure(args.source, [*args.sets, f"inference.threads={threads}"], args.growth), **fresh}
        print(json.dumps(result) if args.json else _table(result))


def _measure(source: str, sets: list[str], with_growth: bool) -> dict[str, Any]:
    vision = open_vision(load(None, sets).config)
    frames = _frames(source)
    face = vision.still().detect(frames[0])[0]
    calls = {**_stages(vision, frames, face), **rendering_stages(vision, frames[0], face)}
    net = _single_thread_net(vision)
    samples = {name: take_turns(net, call) for name, call in calls.items()}
    stages = {name: _figures(statistics.median(own), statistics.median(nets)) for name, (nets, own) in samples.items()}
    nets, own = samples["track_frame"]
    # The mean holds what the median leaves out: every fourth frame is verified, every thirtieth searched.
    stages["track_frame_mean"] = _figures(statistics.fmean(own), statistics.fmean(nets))
    net_ms = statistics.median(ms for nets, _ in samples.values() for ms in nets)
    result = {"threads": vision.execution.threads, "net_ms": round(net_ms, 4), "stages": stages}
    result["basis_bytes"] = vision.surface().dense.nbytes
    if with_growth:
        result["growth"] = {what: _grown(net, calls) for what, calls in growth_stages(vision, face).items()}
    return result


def _grown(net: Callable[[], object], calls: dict[str, Callable[[], object]]) -> dict[str, dict[str, float]]:
    samples = {name: take_turns(net, call, GROWTH_ROUNDS) for name, call in calls.items()}
    return {name: _figures(statistics.median(own), statistics.median(nets)) for name, (nets, own) in samples.items()}


def take_turns(
    net: Callable[[], object], call: Callable[[], object], rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Milliseconds of ``net`` and of ``call``, run in turns."""
    nets, own = [], []
    for round_number in range(WARM_UP + rounds):
        for function, samples in ((net, nets), (call, own)):
            began = time.perf_counter()
            function()
            if round_number >= WARM_UP:
                samples.append((time.perf_counter() - began) * 1000)
    return nets, own


def _figures(ms: float, net_ms: float) -> dict[str, float]:
    return {"ms": round(ms, 4), "nets": round(ms / net_ms, 3)}


def _frames(source: str) -> list[Image]:
    """The decoded frames, forwards and backwards, so that they can be repeated without a cut."""
    with open_source(source) as opened:
        images = [frame.image for frame, _ in zip(iter(opened.read, None), range(MAX_FRAMES), strict=False)]
    return images + images[-2:0:-1]


def _stages(vision: Vision, frames: list[Image], face: Face) -> dict[str, Callable[[], object]]:
    """A call for each stage, on the first frame's face or (track_frame) on all frames in turn."""
    assert vision.pack.regressor is not None
    picture, part, tracker = Picture(frames[0]), Part(frames[0]), vision.tracker()
    regressor, face_model = open_regressor(vision.pack.regressor, vision.execution), open_face_model(vision.pack)
    answer = regressor.regress(part, face.roi)
    moving = cycle(frames)

    def track_frame() -> bytes:
        return encode(payload.pose(STAMP, 7.9, 0, tracker.update(Picture(next(moving)))), "json")

    return {
        "crop": lambda: regressor.crop(part, face.roi),
        "regress": regressor.run,
        "landmarks": lambda: face_model.fit(answer.params, face.roi),
        "payload": lambda: encode(payload.pose(STAMP, 7.9, 0, [face]), "json"),
        "payload_cbor": lambda: encode(payload.pose(STAMP, 7.9, 0, [face]), "cbor"),
        "detect": lambda: vision.detector.detect(picture),
        "verify": lambda: vision.detector.presence(picture, face.roi, face.box, face.landmarks, both_ways_up=False),
        "track_frame": track_frame,
    }


def _single_thread_net(vision: Vision) -> Callable[[], object]:
    assert vision.pack.regressor is not None
    regressor = open_regressor(vision.pack.regressor)
    regressor.tensor[:] = np.random.default_rng(0).normal(0, 0.5, regressor.tensor.shape)
    return regressor.run


def _in_fresh_process(args: argparse.Namespace) -> dict[str, Any]:
    sets = [part for text in args.sets for part in ("--set", text)]
    command = [sys.executable, __file__, "--first-pose", "--source", args.source, *sets]
    began = time.monotonic()
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(output)
    return {"rss_mb": found["rss_mb"], "first_pose_s": round(found["first_pose_at"] - began, 3)}


def _first_pose(source: str, sets: list[str]) -> dict[str, float]:
    """When a fresh process has its first pose (monotonic seconds), and the most memory it held on the video."""
    vision = open_vision(load(None, sets).config)
    tracker = vision.tracker()
    with open_source(source) as opened:
        first_pose_at = 0.0
        for frame in iter(opened.read, None):
            encode(payload.pose(STAMP, 7.9, 0, tracker.update(frame.picture)), "json")
            first_pose_at = first_pose_at or time.monotonic()
    return {
        "first_pose_at": first_pose_at,
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
    }


def _table(result: dict[str, Any]) -> str:
    lines = [f"threads {result['threads']}, one single-thread net {result['net_ms']:.3f} ms (OpenCV {cv2.__version__})"]
    for what, figures in {"": result["stages"], **result.get("growth", {})}.items():
        lines += [f"  by {what}"] if what else []
        lines += [f"  {name:20} {f['ms']:8.3f} ms {f['nets']:7.3f} nets" for name, f in figures.items()]
    lines.append(f"  basis and mean of the dense model {result['basis_bytes'] / 1e6:.2f} MB")
    lines.append(f"  memory {result['rss_mb']} MB, first pose after {result['first_pose_s']} s")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
