"""Vision on the data beside the checkout: the packs imported once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from visaged.assembly import Vision, open_vision
from visaged.config import load
from visaged.models.acquire import from_folder


@pytest.fixture(scope="session")
def upstream_models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packs 3ddfa_v2 and yunet."""
    folder = tmp_path_factory.mktemp("models")
    list(from_folder(shared / "upstream", folder, None, allow_unverified=True))
    return folder


@pytest.fixture(scope="session")
def yunet_vision(upstream_models: Path) -> Vision:
    """The default stages, on one thread."""
    return _vision(upstream_models, "yunet")


@pytest.fixture(scope="session")
def faceboxes_vision(upstream_models: Path) -> Vision:
    """The stages with upstream's own detector, on one thread."""
    return _vision(upstream_models, "faceboxes")


def _vision(models: Path, detector: str) -> Vision:
    sets = [f'model.models_dir="{models}"', "model.pack=3ddfa_v2", f"model.detector={detector}", "inference.threads=1"]
    return open_vision(load(None, sets).config)
