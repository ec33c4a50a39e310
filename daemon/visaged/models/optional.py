"""The libraries that only importing needs, asked for at the moment they are needed."""

from __future__ import annotations

import importlib
from typing import Any

from visaged.errors import ModelError


def import_library(name: str) -> Any:
    """The module ``name``; ModelError with the command that installs it where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError as exc:
        package = name.partition(".")[0]
        raise ModelError(
            f"importing models needs {package}; install it with pip install '.[import]' in visaged's checkout"
        ) from exc
