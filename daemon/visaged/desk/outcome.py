"""What became of a patch on one device, from what that says. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from visaged.desk.inside import inside, whole_number

State = Literal[
    "waiting", "trial", "committed", "cleared", "reverted", "rejected", "replaced", "disabled", "offline", "silent"
]
WELL = ("committed", "cleared")
OPEN = ("waiting", "trial")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``reason``: why it, or some of it, is not in force, or what else there is to say; None: nothing."""

    state: State
    reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is more to come."""
        return self.state in OPEN

    @property
    def is_well(self) -> bool:
        """Whether what was asked for is in force."""
        return self.state in WELL


WAITING = Outcome("waiting")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: its ``origin`` as devices call it, its version, None: it clears what there was, and the SHA-256 of
    its bytes."""

    origin: str
    version: int | None
    sha256: str

    @staticmethod
    def of(data: bytes, version: int | None, origin: str) -> Sent:
        """``data`` is the patch; empty clears what there was."""
        return Sent(origin, version, hashlib.sha256(data).hexdigest())

    @property
    def is_clearing(self) -> bool:
        """Whether nothing is wanted any more."""
        return self.version is None


def by_report(sent: Sent, reported: Mapping[str, Any]) -> Outcome | None:
    """What ``config/reported`` says of it, None: nothing."""
    if reported.get("state") == "disabled":
        return Outcome("disabled", "remote.enabled is false on the device")
    refused, waiting = inside(reported, "rejected"), inside(reported, "waiting")
    mine = of_origin(reported, sent.origin)
    taken_back = inside(mine, "refused")
    if taken_back.get("hash") == sent.sha256:  # also in safe mode, and where other patches have come since
        return Outcome("reverted", str(taken_back.get("reason")))
    if _is_of(sent, refused):
        state: State = "reverted" if reported.get("state") == "reverted" else "rejected"
        return Outcome(state, str(refused.get("reason")))
    if sent.is_clearing:
        is_wanted = mine.get("version") is not None or waiting.get("origin") == sent.origin
        return Outcome("cleared") if reported and not is_wanted else None
    if _is_of(sent, waiting):
        return Outcome("waiting", str(waiting.get("reason")))
    return _of_its_origin(sent, mine, reported) or _overtaken(sent, mine, waiting)


def _of_its_origin(sent: Sent, mine: Mapping[str, Any], reported: Mapping[str, Any]) -> Outcome | None:
    if mine.get("hash") != sent.sha256:
        return None
    if mine.get("state") == "trial":
        return Outcome("trial", _shut(inside(inside(reported, "trial"), "gates")))
    return Outcome("committed") if mine.get("state") == "committed" else None


def _overtaken(sent: Sent, mine: Mapping[str, Any], waiting: Mapping[str, Any]) -> Outcome | None:
    """A device never goes back to a version before the one that it has tried, or is to try."""
    coming = waiting.get("version") if waiting.get("origin") == sent.origin else None
    latest = max(whole_number(version) or 0 for version in (mine.get("tried"), mine.get("version"), coming))
    return Outcome("replaced", f"version {latest} came after it") if latest > (sent.version or 0) else None


def of_origin(reported: Mapping[str, Any], origin: str) -> Mapping[str, Any]:
    """The ``version``, ``hash`` and ``state`` of what is in force from ``origin``, and the version that was ``tried``.

    Where a broker took only the short form of the report, that is told of the patch that wins over the others alone.
    """
    if reported.get("origins") is None and reported.get("origin") == origin:
        return reported
    return inside(inside(reported, "origins"), origin)


def hidden(reported: Mapping[str, Any], origin: str) -> str | None:
    """The keys that are set but not in force, for something on the device, or what is asked for elsewhere, wins over
    what comes from ``origin``; None: there are none."""
    keys, winners = inside(reported, "keys"), inside(of_origin(reported, origin), "hidden")
    waiting = {name: inside(keys, name).get("reason") for name in keys if inside(keys, name).get("state") == "pending"}
    told = {name: f"{winner} wins" for name, winner in winners.items()} | waiting
    return "; ".join(f"{name}: {reason}" for name, reason in told.items()) or None


def _is_of(sent: Sent, told: Mapping[str, Any]) -> bool:
    """Whether a patch that is told of is the one; a clearing that failed has no bytes of its own."""
    hashes = (sent.sha256, None) if sent.is_clearing else (sent.sha256,)
    return told.get("origin") == sent.origin and told.get("hash") in hashes


def _shut(gates: Mapping[str, Any]) -> str | None:
    """The gates that are shut at the moment, in words."""
    shut = [name for name in gates if inside(gates, name).get("state") in ("shut", "failed")]
    return f"not well: {', '.join(shut)}" if shut else None
