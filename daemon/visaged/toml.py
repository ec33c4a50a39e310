"""TOML reading in one place: the standard library's from Python 3.11 on, the same code as a package before."""

from __future__ import annotations

import sys
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]  # absent where Python has its own

TOMLDecodeError = tomllib.TOMLDecodeError


def loads(text: str) -> dict[str, Any]:
    """``text`` as a table; ``TOMLDecodeError`` (a ``ValueError``) says where it is not TOML."""
    table: dict[str, Any] = tomllib.loads(text)
    return table
