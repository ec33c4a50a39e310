"""What is inside a message that may come from anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def inside(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object in the field ``name``; an empty one where there is something else, or nothing."""
    found = message.get(name)
    return found if isinstance(found, dict) else {}


def whole_number(value: object) -> int | None:
    """``value`` if it is a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
