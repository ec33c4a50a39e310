"""The notification protocol of sd_notify(3): a datagram of ``NAME=value`` lines to the socket that systemd names."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping

_LONGEST_STATUS = 300


class Notifier:
    """Tells systemd how it goes; says nothing where there is no ``NOTIFY_SOCKET``, and never fails or waits."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # A leading @ stands for the null byte of an abstract address.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    @property
    def is_heard(self) -> bool:
        """Whether there is a systemd, or somebody like it, that started us and will do so again."""
        return bool(self._address)

    def ready(self) -> None:
        """The start, or a reload, is complete."""
        self._send("READY=1")

    def reloading(self) -> None:
        """A reload begins; ``ready`` ends it."""
        # CLOCK_MONOTONIC, which sd_notify(3) asks for beside it from systemd 253 on.
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self, reason: str) -> None:
        """The end begins."""
        self._send(f"STOPPING=1\nSTATUS={_one_line(f'stopping: {reason}')}")

    def watchdog(self) -> None:
        """All is well; systemd ends who does not say so for ``WatchdogSec``."""
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """What ``systemctl status`` shows, on one line."""
        self._send(f"STATUS={_one_line(text)}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        # Whom systemd does not hear now, it will hear with the next word, or end.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.setblocking(False)
            channel.sendto(message.encode(errors="replace"), self._address)


def _one_line(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST_STATUS else f"{words[:_LONGEST_STATUS]}..."
