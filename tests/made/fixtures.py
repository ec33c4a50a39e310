"""Made models: what lets the tests run, and real networks start, where no upstream data is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.checkpoints import legacy_archive, made_faceboxes, made_mobilenet, write_checkpoint
from made.face import write_configs
from made.open_pack import write_open
from made.yunet import write_yunet
from visaged.cli import main
from visaged.models.acquire import from_folder


@pytest.fixture(scope="session")
def made_clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a clone of 3DDFA_V2: random MobileNet x0.25, small FaceBoxes, a face of 600 vertices.

    Read only; a test that spoils a file asks for ``clone_copy``.
    """
    folder = tmp_path_factory.mktemp("clone")
    write_checkpoint(folder / "weights/mb05_120x120.pth", made_mobilenet(), training=True)
    write_checkpoint(folder / "FaceBoxes/weights/FaceBoxesProd.pth", made_faceboxes())
    write_configs(folder / "configs")
    return folder


@pytest.fixture(scope="session")
def made_yunet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ONNX file like YuNet's that finds a face, 64 pixels wide, at every bright 32x32 patch."""
    return write_yunet(tmp_path_factory.mktemp("zoo") / "face_detection_yunet_2023mar.onnx")


@pytest.fixture(scope="session")
def made_pack_dir(tmp_path_factory: pytest.TempPathFactory, made_clone: Path, made_yunet: Path) -> Path:
    """A models folder with the packs ``3ddfa_v2`` and ``yunet`` imported (unverified) from the made files."""
    place = tmp_path_factory.mktemp("models")
    for source in (made_clone, made_yunet):
        list(from_folder(source, place, None, allow_unverified=True))
    return place


@pytest.fixture(scope="session")
def made_open_dir(tmp_path_factory: pytest.TempPathFactory, made_pack_dir: Path) -> Path:
    """A models folder with a pack ``open`` and no other: the made face, which can be drawn, signals, and a detector."""
    return write_open(made_pack_dir, tmp_path_factory.mktemp("open_models")).parent


@pytest.fixture
def video(made_pack_dir: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[Any], list[str]]]:
    """``video(*arguments)``: exit status, reports, and the lines on standard error."""

    def run(*arguments: object) -> tuple[int, list[Any], list[str]]:
        status = main(["video", "--models-dir", str(made_pack_dir), "--pack", "3ddfa_v2", *map(str, arguments)])
        out, err = capsys.readouterr()
        return status, [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()], err.splitlines()

    return run


@pytest.fixture
def clone_copy(made_clone: Path, tmp_path: Path) -> Path:
    """A made clone of the test's own."""
    return Path(shutil.copytree(made_clone, tmp_path / "clone"))


@pytest.fixture(scope="session")
def archive() -> Callable[..., bytes]:
    """Writes tensors by name as a legacy checkpoint (``training=True``: as several GPUs write it)."""
    return legacy_archive


@pytest.fixture(scope="session")
def shared_packs(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """A models folder with the packs imported from the shared copy of upstream; for ``needs_shared`` tests."""
    place = tmp_path_factory.mktemp("shared_models")
    list(from_folder(shared / "upstream", place, None, allow_unverified=True))
    return place


@pytest.fixture
def models_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs ``visaged models ARGUMENTS...`` as a process of its own."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "visaged", "models", *map(str, arguments)]
        environment = os.environ | {"no_proxy": "127.0.0.1"}
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=environment, **options
        )

    return run
