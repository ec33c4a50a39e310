"""The configuration in force as TOML."""

from __future__ import annotations

import json

from visaged.config.keys import KEYS, SECTIONS
from visaged.config.loader import Loaded
from visaged.printable import printable
from visaged.urls import redact

_COMMENT_COLUMN = 40


def dump(loaded: Loaded) -> str:
    """Valid TOML: every key, with a comment that says where its value came from.

    Credentials inside ``source.uri`` are hidden, so that the text may be shown to others.
    """
    return "\n".join(_section(loaded, section) for section in SECTIONS)


def _section(loaded: Loaded, section: str) -> str:
    lines = [f"[{section}]"]
    for path in KEYS:
        if path.startswith(f"{section}."):
            name = path.split(".")[1]
            value = KEYS[path].of(loaded.config)
            lines.append(f"{f'{name} = {_toml(value)}':<{_COMMENT_COLUMN}} # {printable(loaded.origin[path])}")
    return "\n".join(lines) + "\n"


def _toml(value: str | int | float | bool) -> str:
    """A TOML value; JSON's scalars are TOML's, as the schema lets no control character through."""
    return json.dumps(redact(value) if isinstance(value, str) else value, ensure_ascii=False)
