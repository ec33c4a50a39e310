"""Which snapshots have to go so that a new one fits: the oldest, and whole ones only. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visaged.snapshots.settings import Limits

CLOCK_WAS_SET = 1_704_067_200.0
"""2024-01-01, seconds since the epoch. A board without a clock of its own dates its first pictures earlier than that,
and how old these are nobody knows: they do not count as too old."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One whole snapshot: its name, its bytes with everything that belongs to it, its capture (UTC, seconds)."""

    name: str
    size: int
    utc: float


def too_old(stored: Sequence[Stored], limits: Limits, now: float) -> list[Stored]:
    """Those beyond the age limit at ``now`` (UTC, seconds)."""
    if not limits.max_age_s:
        return []
    return [one for one in stored if one.utc >= CLOCK_WAS_SET and now - one.utc > limits.max_age_s]


def displaced(stored: Sequence[Stored], limits: Limits, new_size: int) -> list[Stored]:
    """Those, the first of ``stored`` (oldest first), that must go before one of ``new_size`` bytes may come.

    Raises ValueError where it would not fit into an empty folder.
    """
    if new_size > limits.max_bytes:
        raise ValueError(f"{new_size} bytes are more than the {limits.max_bytes} that all snapshots may take")
    total, count = sum(one.size for one in stored), len(stored)
    gone: list[Stored] = []
    for one in stored:
        if total + new_size <= limits.max_bytes and count < limits.max_count:
            break
        gone.append(one)
        total, count = total - one.size, count - 1
    return gone
