"""The configuration as JSON Schema, from which editors complete and check the file while it is written."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from visaged.config.keys import KEYS, Key
from visaged.config.manual import manual
from visaged.config.schema import Config

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12; the description of a key is what the default file says."""
    sections = {field.name: _table(field.type.__doc__) for field in msgspec.structs.fields(Config)}
    for path, key in KEYS.items():
        sections[path.partition(".")[0]]["properties"][key.name] = _value(key)
    return {"$schema": _DIALECT, "title": "visaged", **_table("The configuration of visaged."), "properties": sections}


def _table(description: str | None) -> dict[str, Any]:
    return {"type": "object", "description": description, "properties": {}, "additionalProperties": False}


def _value(key: Key) -> dict[str, Any]:
    schema = msgspec.json.schema(key.type)
    if "pattern" in schema:
        schema["pattern"] = _portable(schema["pattern"])
    return schema | {"description": manual()[key.path], "default": key.default}


def _portable(pattern: str) -> str:
    """Without what only Python needs (its ``$`` lets a newline through, and TOML has no lone surrogates), or has."""
    return re.sub(r"\(\?!.*?\)", "", pattern.replace(r"\ud800-\udfff", ""))
