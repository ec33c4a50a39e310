"""Values and types in words, as messages use them."""

from __future__ import annotations

import re
from typing import Any

from msgspec import inspect

from visaged.printable import quoted
from visaged.urls import redact

LONGEST_SHOWN = 60
"""Of a text that may come from anybody a message shows so many characters."""

_CREDENTIALS = re.compile(r"[^\s/]+@")


def permitted(annotation: Any) -> str:
    """The values that an annotated type takes, for example ``a whole number from 1 to 65535``."""
    info: Any = inspect.type_info(annotation)
    extra = getattr(info, "extra_json_schema", None) or {}
    return _in_words(getattr(info, "type", info), extra.get("title", "text"))


def _in_words(kind: Any, title: str) -> str:
    if isinstance(kind, inspect.LiteralType):
        return "one of " + ", ".join(f'"{value}"' for value in kind.values)
    if isinstance(kind, inspect.BoolType):
        return "true or false"
    if isinstance(kind, inspect.StrType):
        return title + (", not empty" if kind.min_length else "")
    noun = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
    return f"{noun} from {kind.ge:g} to {kind.le:g}"


def show(value: object) -> str:
    """``value`` as a message shows it: short, on one line, without credentials, with its type in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else "a huge number"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return f"the text {quoted(_without_secrets(value), LONGEST_SHOWN)}"
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else "a date or time"


def _without_secrets(text: str) -> str:
    """The first line, for a private key has more; and without credentials, in an address or by themselves."""
    first, rest, _ = text.partition("\n")
    return _CREDENTIALS.sub("***@", redact(first)) + ("..." if rest else "")
