"""Files that hold secrets, and who else may read them."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

from visaged.config.schema import MqttSection
from visaged.errors import ConfigError
from visaged.systemd.credentials import file_of


def exposed(mqtt: MqttSection) -> list[str]:
    """A sentence for each secret of ``mqtt`` that every user of this machine may read; none for what is not there."""
    named = {"mqtt.password_file": mqtt.password_file, "mqtt.tls_key_file": mqtt.tls_key_file}
    sentences = []
    for key, place in named.items():
        with contextlib.suppress(OSError, ConfigError):
            if place and _is_open_to_all(file := file_of(place)):
                sentences.append(f"{file}, the {key}, may be read by every user of this machine; `chmod o= {file}`")
    return sentences


def _is_open_to_all(file: Path) -> bool:
    return bool(file.stat().st_mode & stat.S_IROTH)
