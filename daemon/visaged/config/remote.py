"""The layer that came from afar: a patch in TOML, and what it may not touch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec

from visaged.addresses import SCHEMES
from visaged.config import document
from visaged.config.judgement import problems_of
from visaged.config.keys import KEYS
from visaged.config.problems import InvalidConfigError, Problem, raise_if_any
from visaged.config.settings import Setting
from visaged.config.wording import show

_LARGEST_PATCH = 32 * 1024
_VERSION = "version"
_TARGET = "target"
LARGEST_VERSION = 2**53
"""JSON numbers are exact up to this one."""

_Version = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_VERSION)]
_Target = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
_CAMERA_OR_ADDRESS = re.compile(
    r"[0-9]{1,3}|/dev/(video[0-9]+|v4l/by-(id|path)/[^/]*[^/.])|(rpicam|synthetic)(:[0-9]{1,9})?"
    rf"|(?i:{'|'.join(SCHEMES)}).*"
)


@dataclass(frozen=True, slots=True)
class Patch:
    """What may be set from afar, and was: ``settings`` are valid each by itself and permitted, in the text's order.

    ``target``: whom it is for, ``DEVICE`` or ``group/GROUP``; None: it does not say.
    """

    version: int
    settings: tuple[Setting, ...]
    target: str | None = None


def read_patch(data: bytes, name: str, state: Path | None, version: int | None = None) -> Patch:
    """The patch in ``data``, TOML that begins with ``version = N``, or lacks that and gets ``version``.

    ``name`` is what messages call it, a file or a topic; ``state`` is the state directory, where paths that are set
    from afar must lie, None: only the device knows it. ``InvalidConfigError`` where it is no TOML, and with every key
    that does not exist, may not be set from afar or has a wrong value. Combinations with other layers are for ``load``
    to judge.
    """
    if len(data) > _LARGEST_PATCH:
        raise InvalidConfigError(Problem(name, "more than 32 KiB of text is no patch"))
    found = document.parse(data, name, "remote")
    settings = tuple(setting for setting in found if setting.path not in (_VERSION, _TARGET))
    raise_if_any(_problems(settings, state))
    return Patch(_version(found, name, version), settings, _target(found))


def _version(settings: Iterable[Setting], name: str, default: int | None) -> int:
    value, where = next(((s.value, s.where) for s in settings if s.path == _VERSION), (default, name))
    try:
        return msgspec.convert(value, _Version)
    except msgspec.ValidationError as exc:
        what = "the patch has no version" if value is None else f"version is {show(value)}"
        sentence = f"{what}; it begins with version = N, a whole number from 1 on that is larger than the last one"
        raise InvalidConfigError(Problem(where, sentence, (_VERSION,))) from exc


def _target(settings: Iterable[Setting]) -> str | None:
    value, where = next(((s.value, s.where) for s in settings if s.path == _TARGET), (None, ""))
    if value is None:
        return None
    try:
        return str(msgspec.convert(value, _Target))
    except msgspec.ValidationError as exc:
        sentence = f"target is {show(value)}; it names a device, or a group as in group/front"
        raise InvalidConfigError(Problem(where, sentence, (_TARGET,))) from exc


def _problems(settings: Iterable[Setting], state: Path | None) -> Iterator[Problem]:
    for setting in settings:
        refusal = _refusal(setting, state)
        if refusal:
            yield Problem(setting.where, refusal, (setting.path,))
        else:
            yield from problems_of([setting])


def _refusal(setting: Setting, state: Path | None) -> str | None:
    access = KEYS[setting.path].use.access if setting.path in KEYS else "remote"
    if access == "local":
        return f"{setting.path} may not be set from afar; set it on the device"
    if access == "remote" or _is_permitted(access, setting.value, state):
        return None
    other = "a camera, an address or " if access == "source" else ""
    inside = state or "the state directory"
    return f"{setting.path} is {show(setting.value)}; from afar it may be {other}a path inside {inside} only"


def _is_permitted(access: str, value: Any, state: Path | None) -> bool:
    """Whether ``value`` names nothing outside ``state``; what is no text is judged elsewhere."""
    if not isinstance(value, str) or not value:
        return True
    if access == "source" and _CAMERA_OR_ADDRESS.fullmatch(value):
        return True
    return ".." not in Path(value).parts and Path(value).is_relative_to(state or "/")
