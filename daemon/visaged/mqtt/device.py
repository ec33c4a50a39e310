"""A device id that stays the same across restarts and does not give the machine id away."""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
from pathlib import Path

APPLICATION_KEY = b"visaged device id, version 1"
MACHINE_ID = Path("/etc/machine-id")
ID_LENGTH = 12


def from_machine_id(machine_id: str) -> str | None:
    """Hash a machine id (32 hex digits) to 12 hex digits; None where ``machine_id`` is not one.

    machine-id(5) asks for a keyed hash instead of the raw id in anything that leaves the machine.
    """
    text = machine_id.strip()
    if not re.fullmatch(r"[0-9a-fA-F]{32}", text) or not text.strip("0"):
        return None
    return hmac.new(APPLICATION_KEY, text.lower().encode(), hashlib.sha256).hexdigest()[:ID_LENGTH]


def from_hostname(hostname: str) -> str:
    """Make a host name fit for one topic level; "unnamed" where nothing of it is left."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", hostname).strip("-")[:32] or "unnamed"


def default_device_id(machine_id_file: Path = MACHINE_ID) -> str:
    """The id of this machine, else one made of its host name."""
    try:
        machine_id = machine_id_file.read_text(encoding="ascii", errors="replace")
    except OSError:
        machine_id = ""
    return from_machine_id(machine_id) or from_hostname(socket.gethostname())
