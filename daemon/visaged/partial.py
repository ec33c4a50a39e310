"""Names for files that are not whole yet."""

from __future__ import annotations

import secrets


def partial_name(suffix: str) -> str:
    """A hidden name that ends in ``suffix``; nobody can have put something in its place, nor a killed run have left it.

    Make the file exclusively (``"x"``): then no link is followed either.
    """
    return f".visaged-{secrets.token_hex(8)}{suffix}"
