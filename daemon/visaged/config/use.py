"""What a key says of itself beside its type: what a change costs, where it may be changed, and its unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Applies = Literal["live", "source", "vision", "mqtt", "snapshot", "all"]
"""What a change costs: nothing, as the running objects take it; one stage that is set up again; or all of them."""

Access = Literal["remote", "state", "source", "local"]
"""Where a key may be set: from afar, too; from afar to a path inside the state directory (``source``: or to a camera or
address); or on the device only: who it is, its broker, its credentials, and what may be done to it from afar."""


@dataclass(frozen=True, slots=True)
class Use:
    """``unit`` is that of a number, in words; empty: it has none."""

    applies: Applies
    access: Access
    unit: str = ""


UNSTATED = Use("all", "local")
"""The safe use of a key that states none; a test asks every key to state its own."""
