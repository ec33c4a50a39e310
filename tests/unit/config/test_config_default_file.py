"""The commented default file, which is template, manual and the schema's mirror."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from visaged.config import Config, load
from visaged.config.keys import KEYS, SECTIONS
from visaged.toml import loads

FILE = Path(__file__).resolve().parents[3] / "config" / "visaged.toml"


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
def test_every_key_is_documented_with_its_default(path: str) -> None:
    section, name = path.split(".")
    body = re.split(r"^\[(\w+)\]$", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = body[body.index(section) + 1].splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{name} = "))
    comment = ""
    while lines[at - 1].startswith("#"):
        at -= 1
        comment = lines[at][1:] + comment
    value = next(line for line in lines if line.startswith(f"{name} = ")).partition(" = ")[2]
    assert f"Default: {value}" in comment


@pytest.mark.parametrize("path", KEYS)
def test_every_key_has_a_description_and_every_number_bounds_that_its_default_keeps(path: str) -> None:
    info = msgspec.inspect.type_info(KEYS[path].type)
    assert isinstance(info, msgspec.inspect.Metadata)
    assert (info.extra_json_schema or {})["description"].endswith(".")
    if isinstance(info.type, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        assert None not in (info.type.ge, info.type.le)
    assert KEYS[path].convert(KEYS[path].default) == KEYS[path].default


def test_the_sections_of_the_table_are_those_of_the_schema() -> None:
    assert tuple(field.name for field in msgspec.structs.fields(Config)) == SECTIONS
