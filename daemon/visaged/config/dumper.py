"""The configuration in force as text, for people and for programs; what is secret is hidden."""

from __future__ import annotations

import json
from typing import Any

from visaged.config.keys import KEYS, SECTIONS, Key
from visaged.config.loader import Loaded
from visaged.printable import printable
from visaged.urls import redact

_COMMENT_COLUMN = 40


def dump(loaded: Loaded) -> str:
    """Valid TOML: every key, with a comment that says from which layer and from where its value came.

    Credentials inside ``source.uri`` are hidden, so that the text may be shown to others.
    """
    return "\n".join(_section(loaded, section) for section in SECTIONS)


def dump_facts(loaded: Loaded) -> dict[str, Any]:
    """The same for programs, by key path."""
    return {path: facts(loaded, key) for path, key in KEYS.items()}


def _section(loaded: Loaded, section: str) -> str:
    keys = [key for path, key in KEYS.items() if path.startswith(f"{section}.")]
    lines = [commented(f"{key.name} = {toml(key.of(loaded.config))}", place(loaded, key)) for key in keys]
    return "\n".join([f"[{section}]", *lines]) + "\n"


def commented(line: str, comment: str) -> str:
    """``line`` of TOML with a comment, which begins in the same column wherever it can."""
    return f"{line:<{_COMMENT_COLUMN}} # {printable(comment)}"


def place(loaded: Loaded, key: Key) -> str:
    """From which layer and from where the value of ``key`` came, in words."""
    layer, origin = loaded.layer[key.path], loaded.origin[key.path]
    return layer if layer == origin else f"{layer} {origin}"


def facts(loaded: Loaded, key: Key) -> dict[str, Any]:
    """The same for programs, and the value."""
    return {"value": masked(key.of(loaded.config)), "layer": loaded.layer[key.path], "where": loaded.origin[key.path]}


def masked(value: Any) -> Any:
    """``value`` as others may see it."""
    return redact(value) if isinstance(value, str) else value


def toml(value: str | int | float | bool) -> str:
    """A TOML value; JSON's scalars are TOML's, as the schema lets no control character through."""
    return json.dumps(masked(value), ensure_ascii=False)
