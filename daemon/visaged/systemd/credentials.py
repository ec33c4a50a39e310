"""Secrets that systemd hands to the service (LoadCredential= of systemd.exec(5)) as files that only it can read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from visaged.errors import ConfigError

PREFIX = "credential:"


class NoServiceError(ConfigError):
    """Only a service gets credentials, and this process was not started as one."""


def file_of(place: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The file that a key of the configuration names: a path, or ``credential:NAME``.

    Raises ConfigError where systemd has handed over no credential of that name, NoServiceError where it cannot have.
    """
    if not place.startswith(PREFIX):
        return Path(place)
    name, folder = place[len(PREFIX) :], environment.get("CREDENTIALS_DIRECTORY", "")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name) or name in {".", ".."}:
        raise ConfigError(
            f"{place!r} names no credential; write {PREFIX}NAME, for example {PREFIX}visaged.mqtt-password"
        )
    if not folder:
        raise NoServiceError(f"{place} is for a service that systemd starts with LoadCredential=; name a file instead")
    file = Path(folder) / name
    if not file.is_file():
        raise ConfigError(
            f"systemd has handed over no credential {name}: put it into /etc/credstore/{name}, and "
            f"LoadCredential={name} into the unit where that lacks it"
        )
    return file
