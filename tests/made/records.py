"""How thoroughly faults are tested, and where their figures are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether to take the time that the faults take with the configuration as it is shipped."""
    return bool(request.config.getoption("--faults"))


@pytest.fixture
def record(request: pytest.FixtureRequest, thorough: bool) -> Callable[[dict[str, Any]], None]:
    """Keeps a row for the table, where one is asked for (``--rows FILE``)."""
    file = request.config.getoption("--rows")

    def keep(row: dict[str, Any]) -> None:
        print(json.dumps(row))
        if file is not None:
            with Path(file).open("a") as stream:
                stream.write(json.dumps(row) + "\n")

    return keep
