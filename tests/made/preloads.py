"""Small libraries that are preloaded into a daemon to bend what the system tells it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def compiled(name: str, folder: Path) -> Path:
    """The library made of ``NAME.c`` beside this file, in ``folder``."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip(f"no C compiler to build {name}.c, which is preloaded")
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", library, source, "-ldl"], check=True)
    return library
