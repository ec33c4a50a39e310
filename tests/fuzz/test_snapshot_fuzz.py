"""Snapshots from anybody: read, drawn and put into words, or refused with one sentence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made.snapshots import png_of, write_snapshot
from visaged.assembly import open_vision
from visaged.config import load
from visaged.errors import SnapshotError
from visaged.snapshots.picture import coloured
from visaged.snapshots.reader import read
from visaged.snapshots.text import facts, lines, summary

many = settings(max_examples=300)
EDITS = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255), st.booleans()), min_size=1, max_size=8)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=4),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.sampled_from([1e308, -1e308, 5e-324, 2**63, 10**40, "../../etc/passwd", "\x1b[2J", "a\0b", [], {}]),
)


@pytest.fixture(scope="module")
def sidecar(tmp_path_factory: pytest.TempPathFactory, made_pack_dir: Path) -> Path:
    """A snapshot that may be spoilt."""
    vision = open_vision(load(None, [f'model.models_dir="{made_pack_dir}"', "model.pack=3ddfa_v2"]).config)
    return write_snapshot(vision, tmp_path_factory.mktemp("s") / "s", focal_length_px=500.0)


@pytest.fixture(scope="module")
def intact(sidecar: Path) -> dict[Path, bytes]:
    """What its files were."""
    return {path: path.read_bytes() for path in sidecar.parent.iterdir()}


def mutated(content: bytes, edits: list[tuple[int, int, bool]]) -> bytes:
    """Bytes overwritten (True) or inserted (False) at some places."""
    changed = bytearray(content)
    for place, value, overwrite in edits:
        index = place % len(changed)
        changed[index : index + overwrite] = bytes([value])
    return bytes(changed)


def tried(sidecar: Path) -> None:
    """Read, and everything that is done with what was read."""
    try:
        snapshot = read(sidecar)
    except SnapshotError as error:
        assert "\n" not in str(error) and str(error).isprintable()
        return
    json.dumps(facts(snapshot), allow_nan=False)
    assert all(line.isprintable() for line in [*lines(snapshot), summary(snapshot.record)])
    assert coloured(snapshot).dtype == np.uint8
    assert snapshot.millimetres is None or snapshot.millimetres.shape == snapshot.values.shape


@many
@given(EDITS, st.booleans())
def test_any_bytes_may_change(
    sidecar: Path, intact: dict[Path, bytes], edits: list[tuple[int, int, bool]], in_picture: bool
) -> None:
    picture = sidecar.with_suffix(".png")
    for path, content in intact.items():
        path.write_bytes(mutated(content, edits) if path == (picture if in_picture else sidecar) else content)
    tried(sidecar)


@many
@given(st.data())
def test_any_value_may_be_another(sidecar: Path, intact: dict[Path, bytes], data: st.DataObject) -> None:
    for path, content in intact.items():
        path.write_bytes(content)
    told: Any = json.loads(sidecar.read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        place = told
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if not isinstance(place[key], (dict, list)) or data.draw(st.integers(0, 5)) == 0:
                place[key] = data.draw(PLAIN)
                break
            place = place[key]
    sidecar.write_text(json.dumps(told))
    tried(sidecar)


@many
@given(EDITS, st.integers(0, 2))
def test_a_picture_with_a_hash_to_match_may_be_anything(
    sidecar: Path, intact: dict[Path, bytes], edits: list[tuple[int, int, bool]], kind: int
) -> None:
    told: Any = json.loads(intact[sidecar])
    height, width = told["depth"]["height"], told["depth"]["width"]
    picture = sidecar.with_suffix(".png")
    other = png_of(np.zeros((height, width), np.uint8 if kind == 1 else np.uint16))
    content = mutated(intact[picture] if kind == 0 else other, edits)
    picture.write_bytes(content)
    told["files"][0]["sha256"] = hashlib.sha256(content).hexdigest()
    sidecar.write_text(json.dumps(told))
    tried(sidecar)
