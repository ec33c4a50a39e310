"""The configuration in force: defaults, overlaid by files, by what came from afar, and by the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from visaged.config import assignments
from visaged.config.judgement import problems_of
from visaged.config.keys import KEYS, SECTIONS
from visaged.config.layers import of_files
from visaged.config.problems import Problem, raise_if_any
from visaged.config.remote import Patch
from visaged.config.rules import contradictions
from visaged.config.schema import Config
from visaged.config.settings import Layer, Setting

DEFAULT: Layer = "default"


@dataclass(frozen=True, slots=True)
class Loaded:
    """For each key path ``origin`` says where its value came from (``default``, ``FILE:LINE`` or ``--set``), and
    ``layer`` from which layer."""

    config: Config
    origin: dict[str, str]
    layer: dict[str, Layer]


DEFAULTS = Loaded(Config(), dict.fromkeys(KEYS, str(DEFAULT)), dict.fromkeys(KEYS, DEFAULT))
"""The configuration where nobody set anything."""


def load(path: Path | None, sets: Sequence[str], patch: Patch | None = None) -> Loaded:
    """The configuration from ``path`` and what belongs to it, ``patch``, and the ``KEY=VALUE`` of ``sets``.

    The later wins. Without ``path`` it is the system's file where there is one. ``InvalidConfigError`` names every
    problem.
    """
    settings = of_files(path)
    settings += patch.settings if patch else ()
    settings += [assignments.parse(text) for text in sets]
    return assemble(settings)


def assemble(settings: Sequence[Setting]) -> Loaded:
    """The configuration from ``settings``, the later winning. ``InvalidConfigError`` names every problem."""
    raise_if_any(problems_of(settings))
    origin = DEFAULTS.origin | {setting.path: setting.where for setting in settings}
    config = _assembled(settings)
    raise_if_any(_contradictions(config, origin))
    return Loaded(config, origin, DEFAULTS.layer | {setting.path: setting.layer for setting in settings})


def _assembled(settings: Iterable[Setting]) -> Config:
    values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for setting in settings:
        section, name = setting.path.split(".")
        values[section][name] = setting.value
    return msgspec.convert(values, Config)


def _contradictions(config: Config, origin: dict[str, str]) -> Iterator[Problem]:
    for found in contradictions(config):
        places = dict.fromkeys(origin[path] for path in found.paths if origin[path] != DEFAULT)
        yield Problem(", ".join(places), found.sentence, found.paths)
