"""What libraries in C and C++ write to standard error by themselves, past Python's own stream."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2


@contextmanager
def kept_off_the_console(log: logging.Logger) -> Iterator[None]:
    """Inside, what reaches the file descriptor of standard error is held back, and then logged for debugging.

    Where the block fails it is shown after all: it may be the reason. Of the whole process, so for moments when no
    other thread has anything to say. Keeps nothing back where standard error is closed.
    """
    console = _copy_of_stderr()
    if console is None:
        yield
        return
    with os.fdopen(os.memfd_create("native_talk"), "r+b") as held, os.fdopen(console, "wb") as shown:
        os.dup2(held.fileno(), STDERR)
        try:
            yield
        except BaseException:
            shown.write(_said(held.fileno()))
            raise
        finally:
            _flush()
            os.dup2(console, STDERR)
        for line in _said(held.fileno()).decode(errors="replace").splitlines():
            log.debug("%s", line)


def _copy_of_stderr() -> int | None:
    try:
        return os.dup(STDERR)
    except OSError:  # closed by whoever started us
        return None


def _said(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def _flush() -> None:
    """What Python itself has written inside belongs there, too."""
    if sys.stderr is not None:
        sys.stderr.flush()
