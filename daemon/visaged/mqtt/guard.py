"""Calling a stranger's code from a thread that must go on."""

from __future__ import annotations

import logging
from collections.abc import Callable

log = logging.getLogger("visaged.mqtt")


def guard(callback: Callable[..., None] | None, *args: object) -> None:
    """Call it, if there is one; what it raises is logged."""
    if callback is None:
        return
    try:
        callback(*args)
    except Exception as exc:  # a stranger's code must not end the connection
        log.error("A callback of the MQTT publisher failed with %s.", brief(exc))
        log.debug("Where it failed:", exc_info=exc)


def brief(exc: Exception) -> str:
    """The kind of an error, and its first line."""
    return f"{type(exc).__name__}: {str(exc).partition(chr(10))[0]}"
