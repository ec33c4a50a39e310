"""Hostile configuration: anything but a ConfigError is a bug."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made.config_values import values
from visaged.config import dump, load
from visaged.config.keys import KEYS, SECTIONS
from visaged.errors import ConfigError

quick = settings(max_examples=200)

SCALARS = st.one_of(
    st.text(max_size=20).map(json.dumps),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["true", "false", "1979-05-27", "07:32:00", "[1, 2]", "{a = 1}", "'''\n'''", "[\n1]", "0x" + "f" * 99]
    ),
)
NAMES = st.one_of(
    st.sampled_from([path.split(".")[1] for path in KEYS]),
    st.sampled_from(SECTIONS),
    st.text(max_size=8).map(json.dumps),
)
LINES = st.one_of(
    st.tuples(NAMES, SCALARS).map(" = ".join),
    st.tuples(NAMES, NAMES, SCALARS).map(lambda parts: f"{parts[0]}.{parts[1]} = {parts[2]}"),
    NAMES.map(lambda name: f"[{name}]"),
    st.sampled_from(["# comment", "", "[[mqtt]]", "[mqtt.port]", 'x = """', "]"]),
)


def tried(file: Path, content: bytes, *sets: str) -> None:
    file.write_bytes(content)
    with suppress(ConfigError):
        load(file, sets)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "a.toml"


@quick
@given(st.binary(max_size=300))
def test_bytes_are_a_configuration_or_a_configuration_error(file: Path, content: bytes) -> None:
    tried(file, content)


@quick
@given(st.lists(LINES, max_size=12).map("\n".join))
def test_toml_is_a_configuration_or_a_configuration_error(file: Path, content: str) -> None:
    tried(file, content.encode("utf-8", "surrogatepass"))


@quick
@given(st.one_of(st.text(), st.tuples(st.sampled_from(list(KEYS)), st.text() | SCALARS).map("=".join)))
def test_an_assignment_is_a_setting_or_a_configuration_error(file: Path, assignment: str) -> None:
    tried(file, b"", assignment)


@quick
@given(st.sampled_from(list(KEYS)).flatmap(lambda path: st.tuples(st.just(path), values(path))))
def test_a_valid_value_survives_dump_and_load(file: Path, chosen: tuple[str, Any]) -> None:
    path, value = chosen
    section, name = path.split(".")
    file.write_text(f"[{section}]\n{name} = {json.dumps(value, ensure_ascii=False)}\n", encoding="utf-8", newline="")
    with suppress(ConfigError):  # an impossible combination with a default
        loaded = load(file, [])
        assert getattr(getattr(loaded.config, section), name) == value
        file.write_text(dump(loaded), encoding="utf-8", newline="")
        assert load(file, []).config == loaded.config
