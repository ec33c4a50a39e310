"""Whether all is as well with a new configuration as it was before. Pure: signs in, a verdict out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WARM_UP_S = 5.0
"""Until then rates say little; less where a trial is short."""

FRAMES_PATIENCE_S = 3.0
CAMERA_PATIENCE_S = 3.0
BROKER_PATIENCE_S = 10.0
"""How long a gate may be shut before it has failed: stages and brokers that start again take their time. A source that
is opened anew may take as long as that may take on top, until its first frame."""

LATENCY_FLOOR_MS = 10.0
"""What is quicker than this is quick enough, whatever it was before."""


@dataclass(frozen=True, slots=True)
class Signs:
    """How it goes at ``now`` (monotonic seconds): frames so far, the median latency in milliseconds (None: unknown),
    and what is wrong with the camera and the broker (None: nothing)."""

    now: float
    frames: int
    latency_ms: float | None
    camera: str | None
    broker: str | None


@dataclass(frozen=True, slots=True)
class Before:
    """How it went before: what was not well then need not be now. None: not judged, or unknown."""

    fps: float | None
    latency_ms: float | None
    camera: bool
    broker: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least share of the frames per second of before, and how many times its latency; 0: not judged."""

    fps: float
    latency: float


class Gates:
    """Those of one trial of ``duration`` seconds, which began with ``first``. ``opening_s``: how long its source may
    take to open; 0: it is open."""

    def __init__(self, first: Signs, before: Before, bounds: Bounds, duration: float, opening_s: float = 0.0) -> None:
        self._began = first.now
        self._before = before
        self._bounds = bounds
        self._duration = duration
        self._opening_s = opening_s
        self._flows_since = None if opening_s else first.now
        self._well = dict.fromkeys(("frames", "camera", "broker"), first.now)
        self._frames = first.frames
        self._warm: Signs | None = None
        self._told: dict[str, dict[str, Any]] = {}

    def look(self, signs: Signs) -> tuple[str, str] | None:
        """The gate that has failed and why; None where none has."""
        flows = signs.frames != self._frames
        self._frames = signs.frames
        if self._flows_since is None and flows and signs.camera is None:
            self._flows_since = signs.now
        self._warm_up(signs)
        frames = None if flows else "no frame came"
        broker_patience = min(BROKER_PATIENCE_S, self._duration / 2)
        failures = [
            self._shut("frames", signs.now, self._patience(FRAMES_PATIENCE_S), frames, self._before.camera),
            self._shut("camera", signs.now, self._patience(CAMERA_PATIENCE_S), signs.camera, self._before.camera),
            self._shut("broker", signs.now, broker_patience, signs.broker, self._before.broker),
            self._slow(signs),
            self._late(signs),
        ]
        return next((failure for failure in failures if failure is not None), None)

    def facts(self) -> Mapping[str, Mapping[str, Any]]:
        """Each gate with its state (``open``, ``shut``, ``failed``, ``waiting``, ``not_judged``) and its figures."""
        return {name: dict(told) for name, told in self._told.items()}

    def _warm_up(self, signs: Signs) -> None:
        flows_since = self._flows_since
        if self._warm is None and flows_since is not None:
            is_warm = signs.now - flows_since >= min(WARM_UP_S, self._duration / 3)
            self._warm = signs if is_warm else None

    def _patience(self, seconds: float) -> float:
        """With what comes of the source; ``seconds`` once that is open."""
        if self._flows_since is None:
            return min(self._opening_s + seconds, self._duration)
        return min(seconds, self._duration / 2)

    def _shut(
        self, name: str, now: float, patience: float, trouble: str | None, counts: bool
    ) -> tuple[str, str] | None:
        if trouble is None:
            self._well[name] = now
        lasts = now - self._well[name]
        is_over = now - self._began >= self._duration
        # Between two looks there may be no frame at all from a slow camera.
        is_due = is_over and (name != "frames" or self._flows_since is None)
        failed = counts and trouble is not None and (lasts >= patience or is_due)
        state = "failed" if failed else "not_judged" if not counts else "shut" if trouble else "open"
        self._told[name] = {"state": state, "reason": trouble if state != "open" else None}
        return (name, f"{trouble.rstrip('.')} for {lasts:.1f} s") if trouble and failed else None

    def _slow(self, signs: Signs) -> tuple[str, str] | None:
        before, bound = self._before.fps, self._bounds.fps
        if before is None or bound == 0:
            self._told["fps"] = {"state": "not_judged"}
            return None
        if self._warm is None or signs.now - self._warm.now < min(WARM_UP_S, self._duration / 3):
            self._told["fps"] = {"state": "waiting", "before": round(before, 2)}
            return None
        fps = (signs.frames - self._warm.frames) / (signs.now - self._warm.now)
        failed = fps < bound * before
        self._told["fps"] = {"state": "failed" if failed else "open", "before": round(before, 2), "now": round(fps, 2)}
        return ("fps", f"{fps:.1f} frames per second, before {before:.1f}") if failed else None

    def _late(self, signs: Signs) -> tuple[str, str] | None:
        before, bound, now = self._before.latency_ms, self._bounds.latency, signs.latency_ms
        if before is None or bound == 0:
            self._told["latency"] = {"state": "not_judged"}
            return None
        if self._warm is None or now is None:
            self._told["latency"] = {"state": "waiting", "before_ms": round(before, 2)}
            return None
        failed = now > bound * max(before, LATENCY_FLOOR_MS)
        state = "failed" if failed else "open"
        self._told["latency"] = {"state": state, "before_ms": round(before, 2), "now_ms": round(now, 2)}
        return ("latency", f"a latency of {now:.1f} ms, before {before:.1f} ms") if failed else None
