"""Where the log goes: fields for systemd's journal, lines with a priority for it, or readable text on a terminal."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

READABLE = "%(asctime)s %(levelname)s %(message)s"

_PRIORITIES = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
"""syslog(3): err, warning, info; below that debug, 7."""


def fields(**named: object) -> dict[str, dict[str, object]]:
    """``log.warning(..., extra=fields(reason=...))``: what the journal keeps beside the message, as VISAGED_REASON."""
    return {"visaged": {name: value for name, value in named.items() if value is not None}}


def start_log() -> None:
    """Send what is logged to standard error, in the form that suits who reads it there."""
    logging.basicConfig(level=logging.INFO, handlers=[_handler(sys.stderr, os.environ)])


def priority_prefix(level: int, stream: TextIO | None = None, environment: Mapping[str, str] = os.environ) -> str:
    """What a line for people begins with where the journal reads it (sd-daemon(3)); elsewhere nothing."""
    return f"<{priority(level)}>" if is_journal(stream or sys.stderr, environment) else ""


def is_journal(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether ``stream`` leads to the journal: systemd names it, but those who were started by us may redirect it."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):  # closed, or no file at all
        return False
    return environment.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def priority(level: int) -> int:
    """syslog's number for one of logging's levels."""
    return next((number for least, number in _PRIORITIES if level >= least), 7)


class PrefixFormatter(logging.Formatter):
    """Each line with its priority in front, as the journal takes it from a stream."""

    def format(self, record: logging.LogRecord) -> str:
        """``<4>No frames: ...``."""
        prefix = f"<{priority(record.levelno)}>"
        return "\n".join(f"{prefix}{line}" for line in super().format(record).splitlines())


class JournalHandler(logging.Handler):
    """Hands records to the journal through systemd-python's ``send``, with their fields."""

    def __init__(self, send: Any) -> None:
        super().__init__()
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        """Message, priority, where it comes from, and the fields of the record."""
        try:
            own = {f"VISAGED_{name.upper()}": str(value) for name, value in getattr(record, "visaged", {}).items()}
            self._send(
                self.format(record),
                PRIORITY=str(priority(record.levelno)),
                SYSLOG_IDENTIFIER="visaged",
                LOGGER=record.name,
                THREAD_NAME=record.threadName or "",
                CODE_FILE=record.pathname,
                CODE_LINE=record.lineno,
                CODE_FUNC=record.funcName,
                **own,
            )
        except (OSError, ValueError):  # no journal any more: logging's own way to say so
            self.handleError(record)


def _handler(stream: TextIO, environment: Mapping[str, str]) -> logging.Handler:
    if not is_journal(stream, environment):
        return _formatted(logging.StreamHandler(stream), logging.Formatter(READABLE))
    try:
        from systemd import journal  # systemd-python, where it is installed
    except ImportError:
        return _formatted(logging.StreamHandler(stream), PrefixFormatter())
    return _formatted(JournalHandler(journal.send), logging.Formatter())


def _formatted(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    handler.setFormatter(formatter)
    return handler
