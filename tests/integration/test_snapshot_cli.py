"""``visaged snapshot`` as a person uses it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from made.snapshots import write_snapshot
from visaged.assembly import open_vision
from visaged.config import load

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, made_pack_dir: Path) -> Path:
    """The sidecar of a snapshot with everything."""
    vision = open_vision(load(None, [f'model.models_dir="{made_pack_dir}"', "model.pack=3ddfa_v2"]).config)
    folder = tmp_path_factory.mktemp("s") / "s"
    return write_snapshot(vision, folder, ply=True, rgb=True, focal_length_px=500.0)


@pytest.fixture
def sidecar(made: Path, tmp_path: Path) -> Path:
    """A copy of it that may be spoilt."""
    return Path(shutil.copytree(made.parent, tmp_path / "s")) / made.name


@pytest.fixture
def command() -> Run:
    """``command("show", FILE)``."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "visaged", "snapshot", *map(str, arguments)]
        return subprocess.run(
            line, capture_output=True, text=True, timeout=60, check=False, env=os.environ | environment
        )

    return run


def fails(done: subprocess.CompletedProcess[str], status: int, sentence: str) -> None:
    assert (done.returncode, done.stdout) == (status, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("visaged: ") and sentence in line


@pytest.mark.parametrize("ending", [".json", ".png", ".ply", ".rgb.png"])
def test_show_takes_any_file_of_the_snapshot(command: Run, sidecar: Path, ending: str) -> None:
    done = command("show", sidecar.with_name(sidecar.stem + ending))
    assert (done.returncode, done.stderr) == (0, "")
    for part in (sidecar.stem, "relative_depth_px = offset + scale * value", "an estimate", "intact", "permitted"):
        assert part in done.stdout


def test_show_json_is_one_line_with_the_condition_of_each_file(command: Run, sidecar: Path) -> None:
    sidecar.with_suffix(".ply").unlink()
    done = command("show", sidecar, "--json")
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert [file["condition"] for file in told["files"]] == ["intact", "missing", "intact"]


def test_show_draws_a_picture_and_leaves_nothing_else(command: Run, sidecar: Path, tmp_path: Path) -> None:
    done = command("show", sidecar, "--out", tmp_path / "out/depth.png")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["depth.png"]
    picture = cv2.imread(str(tmp_path / "out/depth.png"))
    assert picture is not None and picture.shape[0] > 480


def test_a_picture_never_replaces_the_snapshot(command: Run, sidecar: Path) -> None:
    before = sidecar.with_suffix(".png").read_bytes()
    fails(command("show", sidecar, "--out", sidecar.with_suffix(".png")), 2, "choose another --out")
    assert sidecar.with_suffix(".png").read_bytes() == before


def test_a_picture_has_to_be_a_png(command: Run, sidecar: Path) -> None:
    fails(command("show", sidecar, "--out", "depth.jpg"), 2, "let it end with .png")


def test_what_is_damaged_or_foreign_is_one_sentence(command: Run, sidecar: Path, tmp_path: Path) -> None:
    fails(command("show", tmp_path / "photo.png"), 1, "not named as a file of a snapshot")
    fails(command("show", sidecar.with_name(sidecar.name.replace("00000001", "00000002"))), 1, "cannot read")
    depth = sidecar.with_suffix(".png")
    depth.write_bytes(depth.read_bytes()[:200])
    fails(command("show", sidecar), 1, "damaged or was changed")
    sidecar.write_text("{}")
    fails(command("show", sidecar), 1, "not the description of a snapshot")
    told = tmp_path / "s" / sidecar.name
    told.write_bytes(os.urandom(1000))
    fails(command("show", told), 1, "not the description of a snapshot")


def test_list_names_each_and_the_broken_ones_apart(command: Run, sidecar: Path) -> None:
    broken = sidecar.with_name(sidecar.name.replace("00000001", "00000002"))
    broken.write_text("{")
    done = command("list", sidecar.parent)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == [sidecar.stem]
    assert len(done.stderr.splitlines()) == 1 and broken.name in done.stderr


def test_list_looks_where_the_daemon_keeps_them(command: Run, sidecar: Path, tmp_path: Path) -> None:
    sidecar.parent.rename(tmp_path / "snapshots")
    assert sidecar.stem in command("list", STATE_DIRECTORY=str(tmp_path)).stdout
    assert sidecar.stem in command("list", "--set", f"snapshot.folder={tmp_path / 'snapshots'}").stdout
    (tmp_path / "empty/snapshots").mkdir(parents=True)
    done = command("list", STATE_DIRECTORY=str(tmp_path / "empty"))
    assert (done.returncode, done.stdout) == (0, "") and "there are no snapshots in" in done.stderr
    fails(command("list", tmp_path / "nowhere"), 1, "cannot read the folder")


def test_looking_at_snapshots_needs_no_networks_and_no_renderer(sidecar: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from visaged.cli import main; "
        f"status = main(['snapshot', 'show', {str(sidecar)!r}, '--out', {str(tmp_path / 'depth.png')!r}]); "
        "print({'onnxruntime', 'visaged.vision', 'visaged.render'} & set(sys.modules), file=sys.stderr); "
        "sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == "set()"
