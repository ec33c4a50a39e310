"""Snapshots read back, and files that are none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from made.snapshots import png_of
from visaged.errors import SnapshotError
from visaged.snapshots import names
from visaged.snapshots.picture import coloured
from visaged.snapshots.reader import LARGEST_PICTURE, Snapshot, condition, read, sidecars
from visaged.snapshots.text import facts, lines, summary

Make = Callable[..., Path]


def change(sidecar: Path, *path: str | int, to: Any) -> None:
    """Change one value inside a sidecar."""
    told = json.loads(sidecar.read_text())
    place = told
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    sidecar.write_text(json.dumps(told))


def depth_file(sidecar: Path) -> Path:
    return sidecar.with_suffix(names.DEPTH)


def replace_depth(sidecar: Path, content: bytes) -> None:
    """Another picture of depth, with a hash to match."""
    depth_file(sidecar).write_bytes(content)
    change(sidecar, "files", 0, "sha256", to=hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("ending", names.ENDINGS)
def test_any_of_its_files_leads_to_the_snapshot(snapshot: Make, ending: str) -> None:
    sidecar = snapshot(ply=True, rgb=True)
    read_back = read(sidecar.with_name(sidecar.name.removesuffix(names.SIDECAR) + ending))
    assert read_back.record.name == sidecar.stem
    assert [condition(read_back.folder, file) for file in read_back.record.files] == ["intact"] * 3


def test_depth_and_millimetres_follow_the_documented_formulas(snapshot: Make) -> None:
    read_back = read(snapshot(focal_length_px=500.0))
    depth, known = read_back.record.depth, read_back.record.millimetres
    there = read_back.values > 0
    assert np.nanmin(read_back.depth) == pytest.approx(depth.minimum, abs=1e-3)
    assert np.nanmax(read_back.depth) == pytest.approx(depth.maximum, abs=1e-3)
    assert (np.isnan(read_back.depth) == ~there).all() and read_back.coverage == pytest.approx(there.mean())
    distance = read_back.millimetres
    assert known is not None and distance is not None
    nearest = np.unravel_index(np.nanargmax(read_back.depth), there.shape)
    assert distance[nearest] == np.nanmin(distance)
    in_the_middle = known.reference_distance_mm
    assert np.nanmin(distance) < in_the_middle < np.nanmax(distance)


def test_without_a_focal_length_there_are_no_millimetres(snapshot: Make) -> None:
    assert read(snapshot()).millimetres is None


def test_words_name_all_facts_units_and_formulas(snapshot: Make) -> None:
    read_back = read(snapshot(focal_length_px=500.0, ply=True))
    words = "\n".join(lines(read_back))
    for part in ("offset + scale * value", "mm from the camera, an estimate", "degrees", "permitted   tests", "intact"):
        assert part in words
    told = facts(read_back)
    assert json.loads(json.dumps(told))["files"][1]["condition"] == "intact"
    assert read_back.record.name in summary(read_back.record)


def test_a_sidecar_cannot_write_to_the_terminal(snapshot: Make) -> None:
    sidecar = snapshot()
    change(sidecar, "device", to="\x1b[2J\x9b31m\nevil")
    change(sidecar, "pack", "sha256", to={"\x1b]0;x\x07": "\x1b"})
    words = list(lines(read(sidecar)))
    assert all(line.isprintable() for line in words)


def test_the_list_is_sorted_and_takes_no_notice_of_others(snapshot: Make, tmp_path: Path) -> None:
    made = [snapshot() for _ in range(3)]
    (made[0].parent / "notes.json").write_text("{}")
    assert sidecars(made[0].parent) == made
    with pytest.raises(SnapshotError, match="cannot read the folder"):
        sidecars(tmp_path / "none")


def test_a_companion_that_has_changed_or_gone_is_told(snapshot: Make) -> None:
    sidecar = snapshot(ply=True, rgb=True)
    sidecar.with_suffix(".ply").write_bytes(b"ply")
    sidecar.with_suffix(".rgb.png").unlink()
    read_back = read(sidecar)
    assert [condition(read_back.folder, file) for file in read_back.record.files] == ["intact", "changed", "missing"]


def test_a_companion_that_cannot_be_read_is_not_called_missing(snapshot: Make) -> None:
    sidecar = snapshot(ply=True, rgb=True)
    mesh, colour = sidecar.with_suffix(".ply"), sidecar.with_suffix(".rgb.png")
    mesh.unlink()
    mesh.symlink_to(mesh)  # to root, too, a loop cannot be read
    with colour.open("ab") as stream:
        stream.truncate(LARGEST_PICTURE + 1)
    read_back = read(sidecar)
    assert [file["condition"] for file in facts(read_back)["files"]] == ["intact", "unreadable", "too_large"]
    assert "bytes, too large" in "\n".join(lines(read_back))
    colour.unlink()
    colour.mkdir()
    assert condition(read_back.folder, read_back.record.files[2]) == "not_a_file"


NOT_OURS = [
    (("name",), "snapshot-00000002-20261122T184308.000Z-face3", "another snapshot"),
    (("version",), 2, "does not know"),
    (("format",), "other", "does not know"),
    (("files",), [], "names no picture of depth"),
    (("files", 0, "name"), "../../../etc/passwd", "not one of this snapshot's"),
    (("files", 0, "name"), "/etc/passwd", "not one of this snapshot's"),
    (("files", 0, "name"), "a\0b", "not one of this snapshot's"),
    (("depth", "scale"), 0, "scale is not above 0"),
    (("depth", "scale"), 1e300, "a number that cannot be"),
    (("depth", "scale"), None, "not the description"),
    (("depth", "width"), 10**7, "10000000 x"),
    (("depth", "width"), 0, "0 x"),
    (("depth", "width"), 10**30, "not the description|cannot be"),
    (("depth", "minimum"), 1e6, "smallest depth"),
    (("depth", "pixels_per_model_unit"), -1, "scale is not above 0"),
    (("millimetres",), {}, "not the description"),
    (("face", "params"), [1.0], "1 parameters"),
    (("face", "confidence"), "high", "not the description"),
    (("captured", "utc"), 1e15, "a number that cannot be"),
    (("extra",), 1, "not the description"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), NOT_OURS)
def test_a_sidecar_that_says_what_cannot_be_is_one_sentence(
    snapshot: Make, path: tuple[str | int, ...], value: Any, sentence: str
) -> None:
    sidecar = snapshot()
    change(sidecar, *path, to=value)
    with pytest.raises(SnapshotError, match=sentence) as caught:
        read(sidecar)
    assert str(caught.value).startswith(str(sidecar)) and "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b" " * (300 << 10)])
def test_what_is_no_sidecar_is_one_sentence(snapshot: Make, content: bytes) -> None:
    sidecar = snapshot()
    sidecar.write_bytes(content)
    with pytest.raises(SnapshotError, match="cannot be shown"):
        read(sidecar)


@pytest.mark.parametrize("make", [lambda path: path.unlink(), lambda path: (path.unlink(), path.mkdir())])
def test_a_depth_picture_that_is_gone_or_no_file_is_named(snapshot: Make, make: Callable[[Path], object]) -> None:
    sidecar = snapshot()
    make(depth_file(sidecar))
    with pytest.raises(SnapshotError, match=r"face\d\.png"):
        read(sidecar)


def test_a_depth_picture_that_was_cut_off_or_changed_is_refused(snapshot: Make) -> None:
    sidecar = snapshot()
    whole = depth_file(sidecar).read_bytes()
    for content in (whole[: len(whole) // 2], whole[:-1] + b"x", b""):
        depth_file(sidecar).write_bytes(content)
        with pytest.raises(SnapshotError, match="damaged or was changed"):
            read(sidecar)


def huge(content: bytes) -> bytes:
    """A PNG whose header claims the largest picture there can be."""
    return content[:16] + (0x7FFFFFFF).to_bytes(4, "big") * 2 + content[24:]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (png_of(np.zeros((4, 4), np.uint8)), "16 bit grey"),
        (png_of(np.zeros((4, 4, 3), np.uint16)), "16 bit grey"),
        (png_of(np.zeros((4, 4), np.uint16)), "4 x 4 pixels, which is not"),
        (huge(png_of(np.zeros((4, 4), np.uint16))), "16 bit grey"),
        (png_of(np.zeros((4, 4), np.uint16))[:-12], "16 bit grey"),
        (b"BM" + bytes(60), "16 bit grey"),
        (b"not a picture", "16 bit grey"),
    ],
)
def test_a_hostile_pair_is_one_sentence(snapshot: Make, content: bytes, sentence: str) -> None:
    sidecar = snapshot()
    replace_depth(sidecar, content)
    with pytest.raises(SnapshotError, match=sentence):
        read(sidecar)


def test_a_file_with_another_name_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="not named as a file of a snapshot"):
        read(tmp_path / "photo.png")


def test_the_coloured_picture_is_black_where_the_face_is_not_and_has_a_bar(snapshot: Make) -> None:
    read_back = read(snapshot(focal_length_px=500.0))
    canvas = coloured(read_back)
    factor = -(-480 // read_back.record.depth.height)
    height, width = (side * factor for side in read_back.values.shape)
    inside = canvas[24 : 24 + height : factor, 24 : 24 + width : factor]
    assert ((inside == 0).all(axis=2) == (read_back.values == 0)).all()
    bar = canvas[24 : 24 + height, 48 + width : 72 + width]
    assert bar.any(axis=2).all() and (bar[0] != bar[-1]).any()
    assert canvas[:, 80 + width :].any()


def test_a_snapshot_without_a_face_is_drawn_all_the_same(snapshot: Make) -> None:
    read_back = read(snapshot())
    empty = Snapshot(read_back.record, read_back.folder, np.zeros((3000, 9000), np.uint16))
    assert max(coloured(empty).shape) < 4096 + 300
