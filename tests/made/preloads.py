"""Small libraries that are preloaded into a daemon to bend what the system tells it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def compiled(name: str, folder: Path) -> Path:
    """The library made of ``NAME.c`` beside this file, in ``folder``."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library
