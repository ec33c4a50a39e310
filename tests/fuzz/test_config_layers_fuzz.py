"""Layers and patches with anything in them: the last word counts, and what is local stays so."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made.config_values import values
from visaged.config import InvalidConfigError, Loaded, Patch, load, read_patch
from visaged.config.keys import KEYS
from visaged.errors import ConfigError

quick = settings(max_examples=150)

STATE = Path("/var/lib/visaged")
WHERE = {"default": "default", "file": "a.toml:", "conf.d": "b.toml:", "remote": "patch:", "command line": "--set"}
FREE = [path for path, key in KEYS.items() if key.use.access == "remote"]
NUMBERS = [path for path in FREE if not isinstance(KEYS[path].default, bool | str)]


def chosen(paths: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of ``paths``, each with a value that its key takes."""
    some = st.lists(st.sampled_from(paths), unique=True, max_size=4)
    return some.flatmap(lambda found: st.fixed_dictionaries({path: values(path) for path in found}))


def lines(layer: dict[str, Any]) -> str:
    return "".join(f"{path} = {json.dumps(value, ensure_ascii=False)}\n" for path, value in layer.items())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layers")
    (folder / "a.toml.d").mkdir()
    return folder


def loaded(folder: Path, file: dict[str, Any], small: dict[str, Any], patch: Patch, sets: list[str]) -> Loaded:
    (folder / "a.toml").write_text(lines(file), encoding="utf-8", newline="")
    (folder / "a.toml.d" / "b.toml").write_text(lines(small), encoding="utf-8", newline="")
    return load(folder / "a.toml", sets, patch)


@quick
@given(chosen(NUMBERS), chosen(NUMBERS), chosen(NUMBERS), chosen(NUMBERS))
def test_of_each_key_the_last_layer_that_sets_it_counts(
    folder: Path, file: dict[str, Any], small: dict[str, Any], remote: dict[str, Any], sets: dict[str, Any]
) -> None:
    patch = read_patch(f"version = 1\n{lines(remote)}".encode(), "patch", STATE)
    with suppress(InvalidConfigError):  # an impossible combination
        found = loaded(folder, file, small, patch, lines(sets).splitlines())
        layers = {"file": file, "conf.d": small, "remote": remote, "command line": sets}
        for path, key in KEYS.items():
            setters = [name for name, layer in layers.items() if path in layer]
            last = setters[-1] if setters else "default"
            assert key.of(found.config) == layers.get(last, {}).get(path, key.default)
            assert found.layer[path] == last
            assert WHERE[last] in found.origin[path]


@settings(quick, max_examples=60)
@given(chosen(list(KEYS)))
def test_a_patch_sets_what_is_permitted_and_is_refused_for_every_other_key(remote: dict[str, Any]) -> None:
    local = {path for path in remote if KEYS[path].use.access == "local"}
    try:
        patch = read_patch(f"version = 1\n{lines(remote)}".encode(), "patch", STATE)
    except InvalidConfigError as exc:
        refused = {path for problem in exc.problems for path in problem.keys}
        assert local <= refused
        assert not refused & set(FREE)
    else:
        assert not local
        assert {setting.path: setting.value for setting in patch.settings} == remote


@quick
@given(
    st.integers(1, 2**53),
    st.sampled_from(FREE),
    st.one_of(st.text(), st.integers(), st.floats(), st.sampled_from(["true", "[1]", "{a = 1}"])),
)
def test_a_value_of_any_kind_is_taken_or_refused_by_its_line(version: int, path: str, value: object) -> None:
    try:
        patch = read_patch(f"version = {version}\n{path} = {value}".encode("utf-8", "replace"), "patch", STATE)
    except InvalidConfigError as exc:
        assert all(problem.where.startswith("patch") for problem in exc.problems)
    else:
        assert patch.version == version


@quick
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_patch_or_a_configuration_error(data: bytes) -> None:
    with suppress(ConfigError):
        read_patch(data, "patch", STATE)
