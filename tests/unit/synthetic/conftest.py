"""The synthetic camera on the made face."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from visaged import models
from visaged.synthetic.camera import SyntheticCamera, open_synthetic
from visaged.synthetic.model import Model, open_model
from visaged.synthetic.studio import Studio


@pytest.fixture(scope="session")
def model(made_open_dir: Path) -> Model:
    return open_model(models.load("open", made_open_dir))


@pytest.fixture(scope="session")
def studio(model: Model) -> Studio:
    return Studio(model)


@pytest.fixture(scope="session")
def opened(made_open_dir: Path) -> Callable[..., SyntheticCamera]:
    """``opened(seed, width=0, height=0, fps=0)``."""
    return lambda seed, **form: open_synthetic(seed, models_dir=made_open_dir, **form)
