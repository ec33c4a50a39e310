"""Tries one execution after the other on this board, within a given time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from visaged.assembly import find_networks, models_folder, open_vision
from visaged.board.board import Board
from visaged.capturing import camera_settings
from visaged.config import Config
from visaged.config.schema import SourceSection
from visaged.errors import VisagedError
from visaged.sources.opener import open_source
from visaged.sources.settings import CameraSettings
from visaged.tuning import stored
from visaged.tuning.candidates import Result, best, candidates
from visaged.tuning.frames import grab
from visaged.tuning.here import key_of
from visaged.tuning.stored import Chosen, Key, Measured, Tuning
from visaged.tuning.trial import Jpeg, Trial
from visaged.urls import redact
from visaged.vision.session import Execution

USUAL_FPS = 30.0
"""Of cameras."""

GRAB_S, DRAW_S = 5.0, 60.0
"""How long a camera that is open may take for all frames, and a slow board to draw them."""

LEAST_S = 0.3
"""A single trial takes at least so long, however little time is left."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All results, the ``best`` of them for the rate that was wanted, and what they hold for.

    ``frames`` says in words what was looked at.
    """

    key: Key
    frames: str
    wanted_fps: float
    results: tuple[Result, ...]
    best: Result


def tune(
    config: Config, board: Board, seconds: float, progress: Callable[[float], object], say: Callable[[str], object]
) -> Outcome:
    """Measure for so many ``seconds``; ``progress`` is told how many of them have passed since it was told last.

    The last trial is the best one again, with one thread that takes frames and runs the networks in turn: the daemon
    never does that, and it shows what two threads are worth. On a board on which the time is up before, trials are left
    out. Raises ModelError where there is nothing to run.
    """
    key = key_of(board, find_networks(config.model))
    began = time.monotonic()
    jpegs, fps, frames = _material(config, say)
    tries = candidates(len(board.usable))
    clock = _Clock(began, began + seconds, len(tries) + 1)
    progress(clock.lap())
    results: list[Result] = []

    def attempt(execution: Execution, *, overlap: bool) -> None:
        if not results or not clock.is_up():
            trial = Trial(open_vision(config, execution), jpegs, fps)
            results.append(trial.run(max(LEAST_S, clock.share()), overlap=overlap))
            progress(clock.lap())

    for execution in tries:
        attempt(execution, overlap=True)
    chosen = best(results, fps)
    attempt(chosen.execution, overlap=False)
    if len(results) <= len(tries):
        say(f"visaged: the time was up after {len(results)} of {len(tries) + 1} trials; give it more --seconds")
    return Outcome(key, frames, fps, tuple(results), chosen)


def keep(outcome: Outcome) -> Path:
    """Write the best of an outcome where the daemon looks for it; raises TuningError where that cannot be."""
    how, result = outcome.best.execution, outcome.best
    measured = Measured(
        utc=round(time.time()),
        wanted_fps=outcome.wanted_fps,
        fps=round(result.fps, 2),
        cpu_percent=round(result.cpu_percent, 1),
        latency_p50_ms=round(result.latency_p50_ms, 2),
        latency_p95_ms=round(result.latency_p95_ms, 2),
    )
    return stored.write(Tuning(1, outcome.key, Chosen(how.threads, how.spinning, how.arena), measured))


class _Clock:
    """Shares the time from ``began`` until ``deadline`` (monotonic seconds) among so many ``trials``."""

    def __init__(self, began: float, deadline: float, trials: int) -> None:
        self._lapped = began
        self._deadline = deadline
        self._trials = trials

    def is_up(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self._deadline

    def share(self) -> float:
        """The seconds of the trial that begins now."""
        self._trials -= 1
        return (self._deadline - time.monotonic()) / (self._trials + 1)

    def lap(self) -> float:
        """The seconds since this was asked last."""
        before, self._lapped = self._lapped, time.monotonic()
        return self._lapped - before


def _material(config: Config, say: Callable[[str], object]) -> tuple[list[Jpeg], float, str]:
    """Frames, how many a second, and what they are."""
    source, models = config.source, models_folder(config.model)
    settings = camera_settings(source)
    try:
        wait_s = settings.open_timeout_s + GRAB_S
        jpegs, declared = grab(partial(open_source, source.uri, settings, models), wait_s)
        return jpegs, _rate(source, declared), f"frames of {redact(source.uri)}"
    except VisagedError as exc:
        say(f"visaged: frames are drawn, for there is no camera: {exc}")
        drawn = CameraSettings(settings.width, settings.height, settings.fps)
        jpegs, _ = grab(partial(open_source, "synthetic", drawn, models), DRAW_S)
        return jpegs, _rate(source, None), "drawn frames"


def _rate(source: SourceSection, declared: float | None) -> float:
    """That of the configuration, else the camera's own, else the usual one."""
    return source.fps or declared or USUAL_FPS
