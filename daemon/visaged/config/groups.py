"""The groups that a device belongs to, as ``remote.groups`` lists them."""

from __future__ import annotations


def names(groups: str) -> tuple[str, ...]:
    """Each group of ``groups``, which has commas between them, once."""
    return tuple(dict.fromkeys(name.strip() for name in groups.split(",") if name.strip()))
