"""Stages from the made packs, and real snapshots made with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from made.snapshots import write_snapshot
from visaged.assembly import Vision, open_vision
from visaged.config import load


@pytest.fixture(scope="session")
def made_vision(made_pack_dir: Path) -> Vision:
    """The default stages."""
    return open_vision(load(None, [f'model.models_dir="{made_pack_dir}"', "model.pack=3ddfa_v2"]).config)


@pytest.fixture
def snapshot(made_vision: Vision, tmp_path: Path) -> Callable[..., Path]:
    """``snapshot(rgb=True)``: the sidecar of a new snapshot."""
    return lambda **options: write_snapshot(made_vision, tmp_path / "snapshots", **options)


@pytest.fixture
def file_names() -> Callable[[Path], list[str]]:
    """The names of the files in a folder."""
    return lambda folder: sorted(path.name for path in folder.iterdir())
