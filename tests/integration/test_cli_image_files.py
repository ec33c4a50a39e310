"""``visaged image -o``: what a person finds in the folder afterwards, and what was said."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest
import trimesh

from made.lacking import models_without
from made.mounted import mounted, needs_root
from made.pictures import write_picture
from visaged.cli import main

ALL = {
    *(f"good_{kind}.png" for kind in ("2d_sparse", "2d_dense", "3d", "depth", "pncc", "pose", "normals", "uv_tex1")),
    *("good.ply", "good.obj", "good.mtl", "good_texture1.png"),
}


@pytest.fixture
def image(made_pack_dir: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str], list[str]]]:
    """``image(*arguments)``: exit status, and the lines on standard output and standard error."""

    def run(*arguments: object) -> tuple[int, list[str], list[str]]:
        capsys.readouterr()
        status = main(["image", "--models-dir", str(made_pack_dir), "--pack", "3ddfa_v2", *map(str, arguments)])
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_picture(tmp_path / "good.png")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "made" / "here"


@pytest.fixture
def lacking(made_pack_dir: Path, tmp_path: Path) -> Callable[[str], Path]:
    """``lacking("uv")``: a models folder whose face pack has no UVs."""
    return lambda part: models_without(part, made_pack_dir, tmp_path / "models")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_all_makes_every_kind_and_prints_the_paths(image: Any, good: Path, out: Path) -> None:
    status, lines, err = image(good, "-o", "all", "--out", out)
    assert (status, err) == (0, [])
    assert {Path(line) for line in lines} == {out / name for name in ALL}
    assert names(out) == ALL and len(lines) == len(ALL)


def test_kinds_are_given_together_or_one_by_one(image: Any, good: Path, out: Path) -> None:
    status, lines, _ = image(good, "-o", "3d,ply", "-o", "pose", "--out", out)
    assert (status, lines) == (0, [str(out / name) for name in ("good_3d.png", "good.ply", "good_pose.png")])


def test_pictures_have_the_size_of_the_original_and_files_open(image: Any, good: Path, out: Path) -> None:
    image(good, "-o", "all", "--out", out)
    for name in ALL - {"good_uv_tex1.png", "good_texture1.png"}:
        if name.endswith(".png"):
            assert cv2.imread(str(out / name)).shape == (240, 320, 3), name
    ply, obj = (trimesh.load(out / name, process=False) for name in ("good.ply", "good.obj"))
    assert (len(ply.vertices), ply.faces.shape) == (600, obj.faces.shape) == (len(obj.vertices), ply.faces.shape)
    assert obj.visual.material.image.size == (1024, 1024)


def test_ascii_and_binary_ply_say_the_same(image: Any, good: Path, tmp_path: Path) -> None:
    for form in ("ascii", "binary"):
        assert image(good, "-o", "ply", "--ply", form, "--out", tmp_path / form)[0] == 0
    texts = [(tmp_path / form / "good.ply").read_bytes() for form in ("ascii", "binary")]
    assert [text.splitlines()[1] for text in texts] == [b"format ascii 1.0", b"format binary_little_endian 1.0"]
    meshes = [trimesh.load(tmp_path / form / "good.ply", process=False) for form in ("ascii", "binary")]
    assert meshes[0].vertices == pytest.approx(meshes[1].vertices, abs=1e-4)
    assert (meshes[0].faces == meshes[1].faces).all()


def test_json_names_the_files_beside_the_faces(image: Any, good: Path, out: Path) -> None:
    status, (line,), _ = image(good, "-o", "3d,ply", "--out", out, "--json")
    report = json.loads(line)
    assert status == 0
    assert report["files"] == [str(out / "good_3d.png"), str(out / "good.ply")]
    assert report["image"] == str(good) and len(report["faces"]) == 1


def test_a_picture_without_a_face_gives_no_file_and_1(image: Any, good: Path, out: Path, tmp_path: Path) -> None:
    empty = write_picture(tmp_path / "empty.png", face=False)
    status, lines, err = image(empty, good, "-o", "2d_sparse", "--out", out)
    assert (status, lines) == (1, [str(out / "good_2d_sparse.png")])
    assert err == [f"visaged: {empty}: no face found, so nothing is written"]
    assert names(out) == {"good_2d_sparse.png"}


def test_a_face_that_is_not_valid_is_drawn_but_not_rendered(image: Any, good: Path, out: Path) -> None:
    status, lines, (sentence,) = image(good, "-o", "pose,3d,ply", "--out", out, "--set", "track.min_confidence=1")
    assert (status, lines) == (1, [str(out / "good_pose.png")])
    assert sentence == f"visaged: {good}: face 1 is not in 3d, ply: low_confidence"


def test_a_bad_picture_is_named_and_the_others_go_on(image: Any, good: Path, out: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"hello")
    status, lines, (sentence,) = image(tmp_path / "bad.png", good, "-o", "3d", "--out", out)
    assert (status, lines) == (1, [str(out / "good_3d.png")])
    assert "bad.png is not a picture" in sentence


@pytest.mark.parametrize("case", [("uv", "uv_tex", "UVs"), ("pncc", "pncc", "PNCC codes")])
def test_what_the_pack_cannot_give_is_left_out_of_all_and_an_error_by_name(
    image: Any, good: Path, out: Path, lacking: Callable[[str], Path], case: tuple[str, str, str]
) -> None:
    part, kind, words = case
    models = lacking(part)
    status, _, (sentence,) = image(good, "-o", "all", "--out", out, "--models-dir", models)
    assert status == 0
    assert sentence.startswith(f"visaged: {kind} is left out: pack '3ddfa_v2' has no {words}")
    assert {"good.obj", "good.ply", "good_3d.png"} <= names(out)
    assert not [name for name in names(out) if kind in name]

    for kinds in (kind, f"all,{kind}"):
        status, lines, (sentence,) = image(good, "-o", kinds, "--out", out / "b", "--models-dir", models)
        assert (status, lines, (out / "b").exists()) == (1, [], False)
        assert sentence.startswith(f"visaged: pack '3ddfa_v2' has no {words}")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "normal", "--out", "x"], 'no kind "normal"; did you mean normals?'),
        (["-o", "3d"], "add --out DIR"),
        (["--out", "x"], "add -o"),
        (["--ply", "ascii"], "add -o"),
        (["-o", "3d", "--ply", "ascii", "--out", "x"], "add ply to -o"),
        (["-o", "", "--out", "x"], "a kind is empty"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(image: Any, good: Path, arguments: list[str], words: str) -> None:
    status, lines, (sentence,) = image(good, *arguments)
    assert (status, lines) == (2, [])
    assert words in sentence and not Path("x").exists()


def test_pictures_whose_results_would_replace_each_other_are_wrong_usage(
    image: Any, good: Path, out: Path, tmp_path: Path
) -> None:
    pairs = [("3d", tmp_path / "other/good.png"), ("3d", tmp_path / "good.bmp"), ("3d", good)]
    spaced = write_picture(tmp_path / "a b.png")
    for kind, first, second in [*((kind, good, other) for kind, other in pairs), ("obj", spaced, tmp_path / "a_b.png")]:
        write_picture(second)
        status, lines, (sentence,) = image(first, second, "-o", kind, "--out", out)
        assert (status, lines, out.exists()) == (2, [], False)
        assert str(first) in sentence and str(second) in sentence


def test_a_result_never_replaces_a_picture_that_is_read(image: Any, tmp_path: Path) -> None:
    first, second = (write_picture(tmp_path / name) for name in ("a.png", "a_3d.png"))
    before = second.read_bytes()
    status, lines, (sentence,) = image(first, second, "-o", "3d", "--out", tmp_path)
    assert (status, lines) == (2, [])
    assert sentence == f"visaged: {second} is read, and would be replaced by a result; choose another --out"
    assert second.read_bytes() == before and names(tmp_path) == {"a.png", "a_3d.png"}


@pytest.mark.parametrize("name", ["my face", "-dash", "n\u00fc", "odd\udcff", "100%", "a,b"])
def test_pictures_of_any_name_give_files_that_open(image: Any, tmp_path: Path, out: Path, name: str) -> None:
    path = tmp_path / f"{name}.png"
    path.write_bytes(write_picture(tmp_path / "plain.png").read_bytes())
    assert image(path, "-o", "3d,obj", "--out", out)[0] == 0
    assert f"{name}_3d.png" in names(out)
    shutil.copy(out / f"{name}.obj", out / "copy.obj")
    assert trimesh.load(out / "copy.obj", process=False).visual.material.image.size == (1024, 1024)


def test_what_is_there_is_replaced_and_nothing_else_touched(image: Any, good: Path, out: Path) -> None:
    out.mkdir(parents=True)
    for name in ("good_3d.png", "mine.txt"):
        (out / name).write_text("before")
    assert image(good, "-o", "3d", "--out", out)[0] == 0
    assert (out / "good_3d.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "mine.txt").read_text() == "before" and names(out) == {"good_3d.png", "mine.txt"}


def test_an_out_that_is_a_file_is_one_sentence_and_1(image: Any, good: Path, tmp_path: Path) -> None:
    for place in (good, good / "below"):
        status, lines, (sentence,) = image(good, "-o", "3d", "--out", place)
        assert (status, lines) == (1, [])
        assert sentence.startswith(f"visaged: cannot write to {place}: ")
        assert sentence.endswith("; choose another --out")
    assert names(tmp_path) == {"good.png"}


@needs_root
def test_a_full_disk_is_one_sentence_and_1_and_nothing_is_left_half_written(
    image: Any, good: Path, tmp_path: Path
) -> None:
    other = write_picture(tmp_path / "other.png")
    with mounted(tmp_path / "small", "size=64k") as small:
        assert image(other, "-o", "2d_sparse", "--out", small)[0] == 0
        before = (small / "other_2d_sparse.png").read_bytes()
        status, lines, (sentence,) = image(good, other, "-o", "all", "--out", small)
        assert (status, lines) == (1, [])
        assert sentence == (
            f"visaged: cannot write to {small}: no space left on device; make room there, or choose another --out"
        )
        assert names(small) == {"other_2d_sparse.png"}
        assert (small / "other_2d_sparse.png").read_bytes() == before


@needs_root
def test_a_disk_that_cannot_be_written_is_one_sentence_and_1(image: Any, good: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "locked", "ro") as locked:
        for place in (locked, locked / "below"):
            status, lines, (sentence,) = image(good, "-o", "3d", "--out", place)
            assert (status, lines) == (1, [])
            assert sentence == f"visaged: cannot write to {place}: read-only file system; choose another --out"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interruption_leaves_whole_files_only(made_pack_dir: Path, tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "out"
    pictures = [write_picture(tmp_path / f"{index}.png") for index in range(300)]
    command = [
        sys.executable,
        "-m",
        "visaged",
        "image",
        "--models-dir",
        made_pack_dir,
        "--pack",
        "3ddfa_v2",
        "-o",
        "uv_tex,obj",
    ]
    process = subprocess.Popen(
        [*map(str, [*command, "--out", out, *pictures])], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 20
    while not list(out.glob("*.obj")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode != 0 and b"Traceback" not in err
    assert not list(out.glob(".*"))
    assert 0 < len(list(out.glob("*.obj"))) < 300
    for obj in out.glob("*.obj"):
        assert {obj.stem + end for end in (".mtl", "_texture1.png", "_uv_tex1.png")} <= names(out)
