"""Standard output, whose failures cannot be mistaken for anything else's; and standard error, whose do not matter."""

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
    us takes everything and keeps nothing; so does standard error.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    with redirect_stdout(cast(TextIO, _Guarded(sys.stdout))):
        try:
            yield
        finally:
            sys.stdout.flush()


def tell(sentence: str) -> None:
    """Say something on standard error, to whoever still listens: a full disk or a reader who has gone is no failure."""
    try:
        print(sentence, file=sys.stderr, flush=True)
    except OSError:
        _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    """The interpreter must not stumble at its end over what is still buffered."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  stays open to the end


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
            _silence(self._stream)
            if isinstance(exc, BrokenPipeError):
                raise SystemExit(1) from exc
            raise OutputError(f"the result cannot be written to standard output: {exc.strerror}") from exc
