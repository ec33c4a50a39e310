"""What a command's message says; nothing in it is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visaged.errors import VisagedError
from visaged.mqtt.codec import PayloadError, decode

MAX_REQUEST = 4096
"""Bytes; a request holds little more than its id."""

MAX_ID = 128


class CommandError(VisagedError):
    """A command that is not obeyed. ``code`` is the reason in one word, for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """``id``: what the answer and a repetition of the request are known by, None: nothing; ``fields``: all others."""

    id: str | int | None
    fields: Mapping[str, Any]


def read_request(message: bytes) -> Request:
    """The request in ``message``; nothing at all is one, too. Raises CommandError for what is none."""
    fields = _fields(message) if message else {}
    number = _id(fields)
    return Request(number, {name: value for name, value in fields.items() if name != "id"})


def _fields(message: bytes) -> Mapping[str, Any]:
    if len(message) > MAX_REQUEST:
        raise CommandError("bad_request", f"a request of {len(message)} bytes is longer than {MAX_REQUEST}")
    try:
        return decode(message)
    except PayloadError as exc:
        raise CommandError("bad_request", "a request is empty, or a JSON or CBOR object") from exc


def _id(fields: Mapping[str, Any]) -> str | int | None:
    number = fields.get("id")
    if number is None or (isinstance(number, str) and len(number) <= MAX_ID):
        return number
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    raise CommandError("bad_request", f"an id is a whole number, or text of {MAX_ID} characters at most")
