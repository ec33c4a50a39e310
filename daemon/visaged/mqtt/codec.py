"""Messages to bytes and back: JSON by default, CBOR (RFC 8949) by configuration, with the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import cbor2
import msgspec

from visaged.errors import VisagedError

Encoding = Literal["json", "cbor"]

MAX_PAYLOAD = 256 * 1024
"""Bytes; more than anything visaged sends, and little enough to decode from anybody."""

MAX_VALUES = 50_000
MAX_DEPTH = 16

_json = msgspec.json.Encoder()


class PayloadError(VisagedError):
    """Bytes that are neither JSON nor CBOR, or not one object of plain values."""


def encode(message: Mapping[str, Any], encoding: Encoding) -> bytes:
    """The same message gives the same bytes: keys keep the order in which they were put in."""
    return _json.encode(message) if encoding == "json" else bytes(cbor2.dumps(message))


def decode(payload: bytes) -> dict[str, Any]:
    """One message of whatever encoding; JSON objects start with ``{`` or white space, CBOR maps never do.

    The bytes may come from anybody: raises PayloadError for whatever is not one object that holds nothing but text,
    bytes, finite numbers, true, false, null, lists and objects.
    """
    if len(payload) > MAX_PAYLOAD:
        raise PayloadError(f"A message of {len(payload)} bytes is longer than the {MAX_PAYLOAD} that are read.")
    message = _from_json(payload) if payload[:1] in (b"{", b" ", b"\n", b"\t", b"\r") else _from_cbor(payload)
    if not isinstance(message, dict):
        raise PayloadError(f"A message is an object with named fields, not {type(message).__name__}.")
    _check_plain(message)
    return message


def _from_json(payload: bytes) -> object:
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError, ValueError) as exc:
        raise PayloadError(f"A message is not valid JSON: {exc}.") from exc


def _from_cbor(payload: bytes) -> object:
    try:
        return cbor2.loads(payload)
    except Exception as exc:
        # Tags make cbor2 build dates, regular expressions and more, each with failures of its own.
        raise PayloadError(f"A message is neither JSON nor valid CBOR: {exc}.") from exc


def _check_plain(message: dict[Any, Any]) -> None:
    """CBOR can express what no message contains: exotic types, huge integers, structures that contain themselves."""
    waiting: list[tuple[object, int]] = [(message, 0)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        children = _children(value)
        seen += len(children)
        if depth > MAX_DEPTH or seen > MAX_VALUES:
            raise PayloadError("A message is nested too deeply or holds too many values.")
        waiting.extend((child, depth + 1) for child in children)


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise PayloadError("A message has a field whose name is not text.")
        return list(value.values())
    if isinstance(value, list):
        return value
    plain = value is None or isinstance(value, (str, bytes, bool))
    number = isinstance(value, (int, float)) and abs(value) < 1 << 64  # which no comparison with "not a number" is
    if not plain and not number:
        raise PayloadError(f"A message holds a {type(value).__name__} that is not a plain value.")
    return []
