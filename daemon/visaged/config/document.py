"""A configuration file as settings with line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from visaged.config.keys import SECTIONS
from visaged.config.problems import InvalidConfigError, Problem
from visaged.config.settings import Layer, Setting
from visaged.toml import TOMLDecodeError, loads

_LARGEST_FILE = 256 * 1024
_MOST_DOTS = 100  # the TOML reader's time grows with the square of a key's parts
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DEPTH = 2  # section, key
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'"
    r"|#[^\n]*|\n|[\[\]{}]|[^\"'#\n\[\]{}]+",
    re.DOTALL,
)


def read(file: Path, layer: Layer) -> list[Setting]:
    """The settings in ``file``, unknown keys included; ``InvalidConfigError`` if it is no TOML or cannot be read."""
    return parse(content(file), str(file), layer)


def content(file: Path) -> bytes:
    """The bytes of ``file``, but no more than show that it is too large; ``InvalidConfigError`` if unreadable."""
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST_FILE + 1)
    except OSError as exc:
        raise InvalidConfigError(Problem(str(file), f"cannot be read: {exc.strerror or exc}")) from exc


def parse(data: bytes, name: str, layer: Layer) -> list[Setting]:
    """The same of what was read already; ``name`` is what messages call it."""
    text = _text(data, name)
    document = _parse(text, name)
    lines = _lines(text)
    return [
        Setting(path, value, f"{name}:{lines[path]}", layer)
        for section, content in document.items()
        for path, value in _settings(section, content)
    ]


def _text(data: bytes, name: str) -> str:
    if len(data) > _LARGEST_FILE:
        raise InvalidConfigError(Problem(name, "more than 256 KiB of text is no configuration"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        sentence = f"the text is not UTF-8 (byte 0x{data[exc.start]:02x}); save it as UTF-8"
        raise InvalidConfigError(Problem(f"{name}:{line}", sentence)) from exc


def _parse(text: str, name: str) -> dict[str, Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MOST_DOTS and not line.lstrip().startswith("#"):
            sentence = f"the line has more than {_MOST_DOTS} dots, which no configuration needs"
            raise InvalidConfigError(Problem(f"{name}:{number}", sentence))
    try:
        return loads(text)
    except TOMLDecodeError as exc:
        raise InvalidConfigError(_invalid(str(exc), text, name)) from exc
    except RecursionError as exc:
        raise InvalidConfigError(Problem(name, "tables or lists are nested too deeply for a configuration")) from exc
    except ValueError as exc:  # Python refuses decimal numbers of more than 4300 digits
        raise InvalidConfigError(Problem(name, "a number has too many digits")) from exc


def _invalid(message: str, text: str, name: str) -> Problem:
    position = _POSITION.search(message)
    line, column = position.groups() if position else (None, None)
    if line is None:
        line, column = str(text.count("\n") + 1), str(len(text) - text.rfind("\n"))
    reason = _POSITION.sub("", message)
    return Problem(f"{name}:{line}:{column}", f"this is not valid TOML: {reason[:1].lower()}{reason[1:]}")


def _settings(section: str, content: object) -> Iterator[tuple[str, object]]:
    if section in SECTIONS and isinstance(content, dict):
        yield from ((_joined((section, name)), value) for name, value in content.items())
    else:
        yield _joined((section,)), content


def _joined(path: tuple[str, ...]) -> str:
    """``section.name``; a part that has a dot or the like inside stays quoted, so that it is no known key."""
    return ".".join(part if _BARE.fullmatch(part) else f'"{part}"' for part in path)


def _lines(text: str) -> dict[str, int]:
    """The first line of each section and key of a document that is known to be valid TOML."""
    lines: dict[str, int] = {}
    table: tuple[str, ...] = ()
    for number, statement in _statements(text):
        is_header = statement.lstrip().startswith("[")
        base = () if is_header else table
        paths = [(*base, *path) for path in _paths(loads(statement), _DEPTH - len(base))]
        for path in paths:
            lines.setdefault(_joined(path), number)
        if is_header:
            table = paths[-1]
    return lines


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and each assignment with its first line; one may span lines inside brackets and long strings."""
    number, start, depth, parts = 1, 1, 0, list[str]()
    for token in _TOKEN.findall(text + "\n"):
        parts.append(token)
        depth += _BRACKETS.get(token, 0)
        number += token.count("\n")
        if token == "\n" and depth == 0:
            statement = "".join(parts)
            if statement.strip() and not statement.lstrip().startswith("#"):
                yield start, statement
            start, parts = number, []


def _paths(table: object, depth: int) -> Iterator[tuple[str, ...]]:
    """The paths of ``table`` down to ``depth`` names, each before what is below it."""
    if depth > 0 and isinstance(table, dict):
        for name, value in table.items():
            yield (name,)
            yield from ((name, *path) for path in _paths(value, depth - 1))
