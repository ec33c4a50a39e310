"""One value that somebody set, and where; what the layers of the configuration are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """``value`` is as read, not yet judged; ``where`` is ``FILE:LINE`` or ``--set``."""

    path: str
    value: object
    where: str
