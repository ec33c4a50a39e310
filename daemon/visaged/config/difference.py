"""What differs between two configurations."""

from __future__ import annotations

from typing import Any

from visaged.config.dumper import commented, facts, place, toml
from visaged.config.keys import changed
from visaged.config.loader import Loaded


def difference(loaded: Loaded, other: Loaded) -> str:
    """TOML: a line for each key whose value is not that of ``other``, with a comment that says what that is."""
    lines = []
    for key in changed(other.config, loaded.config):
        comment = f"{place(loaded, key)}; instead of {toml(key.of(other.config))} ({place(other, key)})"
        lines.append(commented(f"{key.path} = {toml(key.of(loaded.config))}", comment))
    return "".join(f"{line}\n" for line in lines)


def difference_facts(loaded: Loaded, other: Loaded) -> dict[str, Any]:
    """The same for programs, by key path."""
    return {key.path: facts(loaded, key) | {"other": facts(other, key)} for key in changed(other.config, loaded.config)}
