"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How ``check`` is: ``detail`` says it in a few words, ``advice`` what to do, None where there is nothing to do."""

    check: str
    state: State
    detail: str
    advice: str | None = None
