"""Standard output, whose failures cannot be mistaken for anything else's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any, TextIO, cast

from visaged.errors import VisagedError


class OutputError(VisagedError):
    """Standard output takes no more."""


@contextmanager
def guarded_output() -> Iterator[None]:
    """Inside, a failure to write to standard output is an OutputError; what is buffered is written at the end.

    Where the reader has gone, as ``| head`` does, it is a silent SystemExit(1). One that was closed by whoever started
    us takes everything and keeps nothing.
    """
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  stays open to the end
    with redirect_stdout(cast(TextIO, _Guarded(sys.stdout))):
        try:
            yield
        finally:
            sys.stdout.flush()


class _Guarded:
    """A stream like ``stream``, but for its errors."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with self._told_apart():
            return self._stream.write(text)

    def flush(self) -> None:
        with self._told_apart():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            # The interpreter must not stumble over what is still buffered at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            if isinstance(exc, BrokenPipeError):
                raise SystemExit(1) from exc
            raise OutputError(f"the result cannot be written to standard output: {exc.strerror}") from exc
