"""``visaged run`` with a meter: what each stage and each thread costs in CPU time, not in waiting, or when frames pass
which point of their way (``VISAGED_METER``: ``cpu`` or ``way``).

``metered_daemon.py run OPTIONS``: after a warm-up it measures for ``VISAGED_METER_S`` seconds, writes JSON to the file
``VISAGED_METER_FILE``, and ends. A stage's time is its own: what it calls that is a stage, too, is not in it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from under_test import cpu_s, family_cpu_s
from way import Way

from visaged.cli import main
from visaged.mqtt.session import Session
from visaged.pipeline import Pipeline
from visaged.vision.detector import Detector
from visaged.vision.face_model import FaceModel
from visaged.vision.judge import Judge
from visaged.vision.regressor import Regressor
from visaged.vision.smoothing import Smoother
from visaged.vision.tracker import Tracker

STAGES: dict[str, tuple[type, str]] = {
    "detect": (Detector, "detect"),
    "verify": (Detector, "presence"),
    "decode": (Judge, "part"),
    "crop": (Regressor, "crop"),
    "network": (Regressor, "run"),
    "pose and landmarks": (FaceModel, "fit"),
    "track": (Tracker, "follow"),
    "look around": (Tracker, "look_around"),
    "smooth": (Smoother, "update"),
    "payload": (Pipeline, "_publish_frame"),
    "pipeline": (Pipeline, "process"),
    "MQTT socket": (Session, "step"),
    "MQTT publish": (Session, "publish_frame"),
}
WARM_UP_S = 5.0


class Meter:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._inner = threading.local()
        self._before: dict[str, dict[str, float]] = {}

    def install(self) -> None:
        """Wrap every stage."""
        for name, (kind, method) in STAGES.items():
            setattr(kind, method, self._metered(name, getattr(kind, method)))

    def _metered(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def metered(*args: Any, **options: Any) -> Any:
            outer, self._inner.s = getattr(self._inner, "s", 0.0), 0.0
            began = time.thread_time()
            try:
                return call(*args, **options)
            finally:
                spent = time.thread_time() - began
                self.seconds[name] += spent - self._inner.s
                self.calls[name] += 1
                self._inner.s = outer + spent

        return metered

    def begin(self) -> None:
        """What was before does not count."""
        self._before = self._totals()

    def result(self) -> dict[str, dict[str, float]]:
        """What was spent since."""
        return {
            part: {name: value - self._before[part].get(name, 0.0) for name, value in totals.items()}
            for part, totals in self._totals().items()
        }

    def _totals(self) -> dict[str, dict[str, float]]:
        """So far: seconds and calls by stage, seconds by thread, and on the clock."""
        threads: dict[str, float] = defaultdict(float)
        known = {thread.native_id: thread.name for thread in threading.enumerate()}
        for task in Path("/proc/self/task").iterdir():
            threads[known.get(int(task.name), "libraries")] += cpu_s(task / "stat")
        threads["other processes"] = family_cpu_s(os.getpid()) - cpu_s(Path("/proc/self/stat"))
        whole = {"clock": time.monotonic()}
        return {"stages": dict(self.seconds), "calls": dict(self.calls), "threads": dict(threads), "whole": whole}


def report(meter: Meter | Way) -> None:
    """Measure, write, and end the daemon."""
    time.sleep(WARM_UP_S)
    meter.begin()
    time.sleep(float(os.environ["VISAGED_METER_S"]))
    Path(os.environ["VISAGED_METER_FILE"]).write_text(json.dumps(meter.result()))
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    installed = Way() if os.environ["VISAGED_METER"] == "way" else Meter()
    installed.install()
    threading.Thread(target=report, args=(installed,), name="meter", daemon=True).start()
    sys.exit(main(sys.argv[1:]))
