"""One value that somebody set, and where; what the layers of the configuration are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layer = Literal["default", "file", "conf.d", "remote", "command line"]
"""The layers of the configuration, the later winning."""


@dataclass(frozen=True, slots=True)
class Setting:
    """``value`` is as read, not yet judged; ``where`` is ``FILE:LINE``, or ``--set`` on the command line."""

    path: str
    value: object
    where: str
    layer: Layer
