"""The commented default file, which is template, manual and the schema's mirror."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from visaged.config import Config, load
from visaged.config.keys import KEYS, SECTIONS
from visaged.config.manual import manual
from visaged.config.use import UNSTATED, Access, Applies
from visaged.toml import loads

FILE = Path(__file__).resolve().parents[3] / "config" / "visaged.toml"


def comments(text: str) -> dict[str, str]:
    """The comment right above each key."""
    found, section = {}, ""
    for header, comment, name in re.findall(r"^\[(\w+)\]$|((?:^#.*\n)+)^(\w+) = ", text, re.MULTILINE):
        section = header or section
        if name:
            found[f"{section}.{name}"] = " ".join(line[1:].strip() for line in comment.splitlines())
    return found


def kind(path: str) -> Any:
    info: Any = inspect.type_info(KEYS[path].type)
    return getattr(info, "type", info)


def test_the_file_holds_exactly_the_schema_and_its_defaults() -> None:
    expected = msgspec.to_builtins(Config())
    found = loads(FILE.read_text(encoding="utf-8"))
    assert found == expected
    assert [list(section) for section in found.values()] == [list(section) for section in expected.values()]


def test_the_file_loads_and_sets_every_key() -> None:
    loaded = load(FILE, [])
    assert loaded.config == Config()
    assert "default" not in loaded.origin.values()


@pytest.mark.parametrize("path", KEYS)
def test_every_key_is_documented_with_its_default_and_its_limits_or_choices(path: str) -> None:
    key, comment = KEYS[path], comments(FILE.read_text(encoding="utf-8"))[path]
    assert comment.endswith(f"Default: {json.dumps(key.default)}")
    info = kind(path)
    if isinstance(info, inspect.IntType | inspect.FloatType):
        assert re.search(rf"\b({info.ge:g} to|up to) {info.le:.7g}\b", comment)
    if isinstance(info, inspect.LiteralType):
        assert not [choice for choice in info.values if f'"{choice}"' not in comment]
    if isinstance(info, inspect.BoolType):
        assert "true or false" in comment


@pytest.mark.parametrize("path", KEYS)
def test_every_number_has_bounds_that_its_default_keeps(path: str) -> None:
    info = kind(path)
    if isinstance(info, inspect.IntType | inspect.FloatType):
        assert None not in (info.ge, info.le)
    assert KEYS[path].convert(KEYS[path].default) == KEYS[path].default


@pytest.mark.parametrize("path", KEYS)
def test_every_key_states_its_use_in_known_words(path: str) -> None:
    use = KEYS[path].use
    assert use is not UNSTATED, f"say of {path} how a change applies and where it may be set: Use(...)"
    assert (use.applies in get_args(Applies), use.access in get_args(Access)) == (True, True)


UNITS = {
    "s": "seconds",
    "hz": "Hz",
    "px": "pixels",
    "deg": "degrees",
    "c": "degrees Celsius",
    "mb": "megabytes",
    "days": "days",
}
WITHOUT_UNIT = {"mqtt.port"}  # and what goes from 0 to 1


@pytest.mark.parametrize("path", KEYS)
def test_every_number_has_the_unit_that_its_name_says(path: str) -> None:
    info, unit = kind(path), KEYS[path].use.unit
    if not isinstance(info, inspect.IntType | inspect.FloatType):
        assert unit == ""
        return
    assert bool(unit) != (path in WITHOUT_UNIT or (info.ge, info.le) == (0, 1))
    assert unit == UNITS.get(path.rpartition("_")[2], unit)


def test_the_sections_of_the_table_are_those_of_the_schema() -> None:
    assert tuple(field.name for field in msgspec.structs.fields(Config)) == SECTIONS


def test_the_words_of_the_manual_are_the_comments_of_the_installed_file() -> None:
    expected = {path: comment.partition(" Default: ")[0] for path, comment in comments(FILE.read_text()).items()}
    assert manual() == expected
