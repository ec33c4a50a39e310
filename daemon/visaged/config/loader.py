"""The configuration in force: defaults, overlaid by a file, overlaid by the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from visaged.config import assignments, document
from visaged.config.keys import KEYS, SECTIONS, show, unknown
from visaged.config.rules import contradictions
from visaged.config.schema import Config
from visaged.config.settings import Setting
from visaged.errors import ConfigError

SYSTEM_FILE = Path("/etc/visaged/visaged.toml")
DEFAULT = "default"
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """``origin`` says for each key path where its value came from: ``default``, ``FILE:LINE`` or ``--set``."""

    config: Config
    origin: dict[str, str]


def load(path: Path | None, sets: Sequence[str]) -> Loaded:
    """The configuration from ``path`` and the ``KEY=VALUE`` of ``sets``, the later winning.

    Without ``path`` it is the system's file where there is one. ``ConfigError`` names every problem, one a line.
    """
    settings = _of_file(path)
    settings += [assignments.parse(text) for text in sets]
    _raise_if_any(_problems(settings))
    origin = dict.fromkeys(KEYS, DEFAULT) | {setting.path: setting.where for setting in settings}
    config = _assembled(settings)
    _raise_if_any(_contradictions(config, origin))
    return Loaded(config, origin)


def _of_file(path: Path | None) -> list[Setting]:
    if path is None:
        return document.read(SYSTEM_FILE) if SYSTEM_FILE.exists() else []
    return document.read(path)


def _problems(settings: Iterable[Setting]) -> Iterator[str]:
    for setting in settings:
        reason = _problem(setting)
        if reason:
            yield f"{setting.where}: {reason}"


def _problem(setting: Setting) -> str | None:
    if setting.path in SECTIONS:
        return f"{setting.path} is {show(setting.value)}; it is a section with keys of its own, [{setting.path}]"
    if setting.path not in KEYS:
        return unknown(setting.path)
    try:
        KEYS[setting.path].convert(setting.value)
    except ValueError as exc:
        return str(exc)
    return None


def _assembled(settings: Iterable[Setting]) -> Config:
    values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for setting in settings:
        section, name = setting.path.split(".")
        values[section][name] = setting.value
    return msgspec.convert(values, Config)


def _contradictions(config: Config, origin: dict[str, str]) -> Iterator[str]:
    for found in contradictions(config):
        places = dict.fromkeys(origin[path] for path in found.paths if origin[path] != DEFAULT)
        yield f"{', '.join(places)}: {found.sentence}"


def _raise_if_any(problems: Iterator[str]) -> None:
    listed = list(islice(problems, _MOST_PROBLEMS))
    if next(problems, None) is not None:
        listed.append(f"only the first {_MOST_PROBLEMS} problems are listed")
    if listed:
        raise ConfigError("\n".join(listed))
