"""Patches as text: what is retained, merged with what is asked for. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from visaged.config import InvalidConfigError, document, read_patch
from visaged.config.remote import LARGEST_VERSION
from visaged.config.settings import Setting
from visaged.desk.errors import DeskError
from visaged.desk.inside import whole_number
from visaged.errors import ConfigError

SIGNATURE = b"# visaged-signature "
"""What the first line of a signed patch begins with."""

BOM = b"\xef\xbb\xbf"
FAR_S = 86_400
"""Versions that the desk gives are seconds since the epoch; one beyond the time by more was chosen by somebody."""

_OWN = ("version", "target")


def settings_of(data: bytes, name: str) -> dict[str, Any]:
    """The values by key path of the patch in ``data``, which is retained; ``name`` is what messages call it. DeskError
    where it is none."""
    return {setting.path: setting.value for setting in _parse(data, name) if setting.path not in _OWN}


def version_of(data: bytes) -> int:
    """The version of a patch, 0 where it has none that can be read."""
    return whole_number(_own(data, "version")) or 0


def target_of(data: bytes) -> object:
    """Whom a patch says it is for, None where that cannot be read."""
    return _own(data, "target")


def written(settings: Mapping[str, Any], version: int, target: str) -> bytes:
    """The patch with ``settings`` by key path, table by table. InvalidConfigError where it cannot be one."""
    lines = _head(version, target)
    for section in dict.fromkeys(path.partition(".")[0] for path in settings):
        lines += ["", f"[{section}]"]
        mine = (path for path in settings if path.startswith(f"{section}."))
        lines += [
            f"{path.partition('.')[2]} = {json.dumps(settings[path], ensure_ascii=False, default=str)}" for path in mine
        ]
    return checked("\n".join(lines).encode() + b"\n", "the patch")


def headed(data: bytes, name: str, version: int, target: str) -> bytes:
    """The text of the file ``name``, with these at its head where it lacks them; one that is signed stays as it is.
    InvalidConfigError, with the lines of the file, where no device could take it."""
    if data.startswith(SIGNATURE):
        return checked(data, name)
    read_patch(data, name, None, version)
    present = {setting.path for setting in document.parse(data, name, "remote")}
    missing = [line for line in _head(version, target) if line.partition(" ")[0] not in present]
    text = data.removeprefix(BOM)
    return checked("".join(f"{line}\n" for line in missing).encode() + text, name)


def check_target(data: bytes, name: str, target: str) -> None:
    """ConfigError where the patch of the file ``name`` says that it is for another than ``target``."""
    other = target_of(data)
    if other not in (None, target):
        raise ConfigError(
            f"{name} is for {other}, so that {target} would refuse it; change its target, or leave it out"
        )


def checked(data: bytes, name: str) -> bytes:
    """``data`` if a device could take it. InvalidConfigError with what is wrong."""
    read_patch(data, name, None)
    return data


def tried_by_half(tried: Iterable[int]) -> int:
    """The highest version such that half of the devices say they have ``tried`` that or a higher one; 0: none has."""
    highest = sorted(tried, reverse=True)
    return highest[len(highest) // 2] if highest else 0


def next_version(wanted: int, tried: Sequence[int], now: float) -> int:
    """The version after the one that is ``wanted`` and those that devices say they have ``tried``, each the highest.

    ``now``: seconds since the epoch, and the least version. One far beyond that counts only where half of the devices
    have tried it: one alone could leave no later version to the others. DeskError where none is left.
    """
    believed = [*(version for version in tried if version <= now + FAR_S), tried_by_half(tried)]
    version = max(int(now), wanted + 1, *(known + 1 for known in believed))
    if version > LARGEST_VERSION:
        raise DeskError(
            f"there is no version after {version - 1}; with visaged stopped, remove remote-*.json from the state"
            " directory of the device, and publish an empty retained message where the patch was"
        )
    return version


def _own(data: bytes, path: str) -> object:
    try:
        return next((setting.value for setting in _parse(data, "patch") if setting.path == path), None)
    except DeskError:
        return None


def _head(version: int, target: str) -> list[str]:
    return [f"version = {version}", f"target = {json.dumps(target)}"]


def _parse(data: bytes, name: str) -> list[Setting]:
    try:
        return document.parse(data, name, "remote")
    except InvalidConfigError as exc:
        what = "; ".join(problem.sentence for problem in exc.problems)
        raise DeskError(f"{name} cannot be understood: {what}; `push` or `clear` replaces it") from exc
