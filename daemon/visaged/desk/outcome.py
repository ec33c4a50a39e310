"""What became of a patch on one device, from what that says. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from visaged.desk.inside import inside

State = Literal["waiting", "trial", "committed", "cleared", "reverted", "rejected", "offline", "silent"]
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
    """What was sent: its ``origin`` as devices call it, and the SHA-256 of its bytes; ``is_clearing``: none at all."""

    origin: str
    sha256: str
    is_clearing: bool

    @staticmethod
    def of(data: bytes, origin: str) -> Sent:
        """``data`` is the patch; empty clears what there was."""
        return Sent(origin, hashlib.sha256(data).hexdigest(), not data)


def by_report(sent: Sent, reported: Mapping[str, Any]) -> Outcome | None:
    """What ``config/reported`` says of it, None: nothing."""
    state = reported.get("state")
    refused = inside(reported, "rejected")
    if refused.get("hash") == sent.sha256:
        return Outcome("reverted" if state == "reverted" else "rejected", str(refused.get("reason")))
    waiting = inside(reported, "waiting")
    if sent.is_clearing:
        is_wanted = sent.origin in (reported.get("origin"), waiting.get("origin"))
        return Outcome("cleared") if reported and not is_wanted else None
    if waiting.get("hash") == sent.sha256:
        return Outcome("waiting", str(waiting.get("reason")))
    if reported.get("hash") != sent.sha256:
        return None
    if state == "trial":
        return Outcome("trial", _shut(inside(inside(reported, "trial"), "gates")))
    return Outcome("committed") if state == "committed" else None


def by_event(sent: Sent, event: Mapping[str, Any]) -> Outcome | None:
    """What an event says of it, None: nothing. A group's patch that is hidden behind a device's own shows only here."""
    if event.get("origin") != sent.origin:
        return None
    kind, state = event.get("event"), event.get("state")
    if kind == "config_applied" and sent.is_clearing:
        return Outcome("cleared") if state == "cleared" else None
    if event.get("hash") != sent.sha256:
        return None
    if kind == "config_applied":
        return Outcome("trial" if state == "trial" else "committed")
    reason = str(event.get("error") or event.get("reason"))
    if kind == "config_rejected":
        return Outcome("rejected", reason)
    return Outcome("reverted", reason) if kind == "config_reverted" else None


def hidden(reported: Mapping[str, Any]) -> str | None:
    """The keys that are set but not in force, for something on the device wins over them; None: there are none."""
    keys = inside(reported, "keys")
    waiting = [name for name in keys if inside(keys, name).get("state") == "pending"]
    return "; ".join(f"{name}: {inside(keys, name).get('reason')}" for name in waiting) or None


def _shut(gates: Mapping[str, Any]) -> str | None:
    """The gates that are shut at the moment, in words."""
    shut = [name for name in gates if inside(gates, name).get("state") in ("shut", "failed")]
    return f"not well: {', '.join(shut)}" if shut else None
