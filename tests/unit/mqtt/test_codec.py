"""Reading messages that anybody may have sent."""

from __future__ import annotations

import json

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from visaged.mqtt.codec import MAX_PAYLOAD, PayloadError, decode, encode

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 53), 1 << 53)
    | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)
    | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), PLAIN), st.sampled_from(["json", "cbor"]))
def test_what_is_encoded_is_decoded(message: dict[str, object], encoding: str) -> None:
    assert decode(encode(message, encoding)) == message  # type: ignore[arg-type]  # sampled_from widens to str


@given(st.binary(max_size=300))
@example(b"")
@example(b"{")
@example(b"null")
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"\x81" * 100_000)
@example(b"\xd8\x1c\x81\xd8\x1d\x00")
@example(b"\xc0\x60")
@example(cbor2.dumps({"a": 10**400}))
@example(b"\xd8\x23\x62((")
def test_rubbish_is_an_object_or_one_typed_error(payload: bytes) -> None:
    try:
        message = decode(payload)
    except PayloadError:
        return
    assert isinstance(message, dict)


@given(st.binary(max_size=60))
def test_cbor_maps_of_anything_are_plain_or_refused(tail: bytes) -> None:
    try:
        message = decode(b"\xa1\x61a" + tail)
    except PayloadError:
        return
    json.dumps(message, default=bytes.hex, allow_nan=False)


@pytest.mark.parametrize(
    "message",
    [
        {"a": float("nan")},
        {"a": 1 << 70},
        {"a": {1: 2}},
        {1: 2},
        [1, 2],
        "text",
        {"a": {"a": {"a": [[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}}},
        {"a": [0] * 60_000},
    ],
)
def test_cbor_that_no_message_contains_is_refused(message: object) -> None:
    with pytest.raises(PayloadError):
        decode(cbor2.dumps(message))


def test_structure_that_contains_itself_is_refused() -> None:
    loop: dict[str, object] = {}
    loop["self"] = loop
    with pytest.raises(PayloadError):
        decode(cbor2.dumps(loop, value_sharing=True))


def test_payload_that_is_too_long_is_refused_unread() -> None:
    with pytest.raises(PayloadError, match="longer"):
        decode(b"{" + b" " * MAX_PAYLOAD + b"}")
