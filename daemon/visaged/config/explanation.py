"""All that is known of one key, for people and for programs."""

from __future__ import annotations

import textwrap
from typing import Any

from visaged.config.dumper import facts, masked, place, toml
from visaged.config.keys import Key
from visaged.config.loader import Loaded
from visaged.config.manual import manual
from visaged.config.use import Access, Applies

_WIDTH = 100

_CHANGE: dict[Applies, str] = {
    "live": "applies while the daemon runs",
    "source": "opens the source again",
    "vision": "loads the networks again",
    "mqtt": "connects to the broker again",
    "snapshot": "starts snapshots again",
    "all": "sets everything up again",
}

_AFAR: dict[Access, str] = {
    "remote": "yes",
    "state": "yes, to a path inside the state directory",
    "source": "yes, to a camera, an address, or a path inside the state directory",
    "local": "no, only on the device",
}


def explanation(key: Key, loaded: Loaded | None) -> str:
    """The words of the default file, the type, limits and unit, the value in force, and what a change of it means.

    ``loaded`` is None where the configuration is not valid, so that nothing is in force.
    """
    rows = {
        "takes": key.expected(),
        "unit": key.use.unit,
        "default": toml(key.default),
        "in force": f"{toml(key.of(loaded.config))} ({place(loaded, key)})" if loaded else _NOT_VALID,
        "a change": _CHANGE[key.use.applies],
        "from afar": _AFAR[key.use.access],
    }
    table = "".join(f"  {name:<10} {value}\n" for name, value in rows.items() if value)
    return f"{key.path}\n{textwrap.fill(manual()[key.path], _WIDTH, **_INDENT)}\n\n{table}"


_NOT_VALID = "unknown, as the configuration is not valid: `visaged config check` says why"
_INDENT: dict[str, Any] = {"initial_indent": "  ", "subsequent_indent": "  ", "break_on_hyphens": False}


def explanation_facts(key: Key, loaded: Loaded | None) -> dict[str, Any]:
    """The same for programs; without ``value``, ``layer`` and ``where`` where nothing is in force."""
    known: dict[str, Any] = {
        "key": key.path,
        "words": manual()[key.path],
        "takes": key.expected(),
        "unit": key.use.unit or None,
        "default": masked(key.default),
        "applies": key.use.applies,
        "access": key.use.access,
    }
    return known | (facts(loaded, key) if loaded else {})
