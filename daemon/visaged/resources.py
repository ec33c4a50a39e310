"""Data files installed with the package: the default configuration and the model registry."""

from __future__ import annotations

from importlib import resources


def text(name: str) -> str:
    """The content of the installed file ``visaged/data/NAME``."""
    return resources.files("visaged").joinpath("data").joinpath(name).read_text(encoding="utf-8")
