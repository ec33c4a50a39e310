"""Which execution the daemon uses, and why."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from visaged.board.profiles import Profile
from visaged.tuning.stored import Key, Tuning
from visaged.vision.session import Execution

DIFFERENCES = {"board": "another board", "onnxruntime": "another ONNX Runtime", "models": "other networks"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is used, who says so, and a sentence that says why."""

    execution: Execution
    by: Literal["configuration", "tuning", "profile"]
    why: str


def choose(threads: int, tuning: Tuning | None, trouble: str | None, key: Key, profile: Profile) -> Choice:
    """``threads`` of the configuration (0: not set) win, then what was measured for the same ``key``, then the profile.

    ``trouble`` says why there is no ``tuning`` where there should be one.
    """
    if threads:
        return Choice(Execution(threads, arena=profile.arena), "configuration", "inference.threads is set")
    if tuning is not None and tuning.key == key:
        day = time.strftime("%Y-%m-%d", time.gmtime(tuning.measured.utc))
        return Choice(tuning.execution, "tuning", f"measured by `visaged tune` on {day}")
    why = trouble or (_difference(tuning.key, key) if tuning else "never measured; `visaged tune` does that")
    return Choice(Execution(profile.threads, arena=profile.arena), "profile", f"as usual for {profile.name}: {why}")


def _difference(was: Key, now: Key) -> str:
    name = next(name for name in DIFFERENCES if getattr(was, name) != getattr(now, name))
    return f"what was measured is of {DIFFERENCES[name]}; run `visaged tune` again"
