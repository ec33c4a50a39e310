"""Whether one setting is valid by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from visaged.config.keys import KEYS, SECTIONS
from visaged.config.nearest import unknown
from visaged.config.problems import Problem
from visaged.config.settings import Setting
from visaged.config.wording import show


def problems_of(settings: Iterable[Setting]) -> Iterator[Problem]:
    """What is wrong with each of ``settings``: a key that does not exist, or a value it does not take."""
    for setting in settings:
        reason = _reason(setting)
        if reason:
            yield Problem(setting.where, reason, (setting.path,))


def _reason(setting: Setting) -> str | None:
    if setting.path in SECTIONS:
        return f"{setting.path} is {show(setting.value)}; it is a section with keys of its own, [{setting.path}]"
    if setting.path not in KEYS:
        return unknown(setting.path)
    try:
        KEYS[setting.path].convert(setting.value)
    except ValueError as exc:
        return str(exc)
    return None
