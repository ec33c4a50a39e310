"""No key without an effect."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from mypy import api

from visaged.config import Config
from visaged.config.keys import KEYS

PACKAGE = Path(__file__).resolve().parents[3] / "daemon" / "visaged"
SCHEMA = PACKAGE / "config" / "schema.py"
SECTIONS = {field.type.__name__: field.name for field in msgspec.structs.fields(Config)}
OPTIONS = ["--config-file=", "--no-site-packages", "--follow-imports=skip", "--ignore-missing-imports"]


def test_every_key_is_read_by_a_part_of_the_daemon(tmp_path: Path) -> None:
    unread = set(KEYS) - read_where_sections_are_empty(tmp_path / "schema.py")
    assert not unread, "read each as an attribute of its section (`source.width`), where mypy sees it"


def read_where_sections_are_empty(shadow: Path) -> set[str]:
    """The keys that mypy misses, outside the configuration itself, where it believes that no section has any."""
    shadow.write_text("".join(emptied()), encoding="utf-8")
    files = [str(file) for file in sorted(PACKAGE.rglob("*.py")) if "config" in file.read_text(encoding="utf-8")]
    errors, failure, _ = api.run(
        [*OPTIONS, f"--cache-dir={os.devnull}", "--shadow-file", str(SCHEMA), str(shadow), *files]
    )
    assert failure == ""
    missed = re.findall(r'^(\S+):\d+: error: "(\w+)" has no attribute "([a-z]\w*)"', errors, re.MULTILINE)
    return {
        f"{SECTIONS[section]}.{name}"
        for file, section, name in missed
        if section in SECTIONS and Path(file).resolve().parent != SCHEMA.parent
    }


def emptied() -> Iterator[str]:
    yield "from typing import Any\n"
    yield from (f"class {name}:\n    def __init__(self, **values: Any) -> None: ...\n" for name in SECTIONS)
    yield "class Config:\n"
    yield from (f"    {section}: {name}\n" for name, section in SECTIONS.items())
