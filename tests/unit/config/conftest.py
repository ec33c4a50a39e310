"""Files to load, and the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.cli.config import add_parser
from visaged.config import load
from visaged.errors import ConfigError


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a configuration file."""

    def write(text: str | bytes) -> Path:
        file = tmp_path / "a.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


@pytest.fixture
def problems(written: Callable[[str | bytes], Path]) -> Callable[..., list[str]]:
    """The problems of a file and of ``--set`` values, without the folder's name."""

    def collect(text: str | bytes = "", *sets: str) -> list[str]:
        file = written(text)
        with pytest.raises(ConfigError) as caught:
            load(file, sets)
        return str(caught.value).replace(f"{file.parent}/", "").split("\n")

    return collect


@pytest.fixture
def run() -> Callable[..., int]:
    """Run ``visaged config`` with these arguments."""

    def run(*arguments: str) -> int:
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers())
        parsed = parser.parse_args(["config", *arguments])
        code: int = parsed.func(parsed)
        return code

    return run
