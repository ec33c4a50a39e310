"""Messages that nobody who means well would send; the same ones for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator

import cbor2

REQUEST = {"id": "a", "level": "debug", "nested": {"list": [1, 2.5, None, True]}}
PATCH = b'version = 3\n[smooth]\nmode = "pose"\nposition = 0.5\n[log]\nlevel = "info"\n'
VALID = (json.dumps(REQUEST).encode(), cbor2.dumps(REQUEST), PATCH)


def payloads(count: int, seed: int = 0, longest: int = 20_000) -> Iterator[bytes]:
    """``count`` payloads of ``longest`` bytes at most."""
    dice = random.Random(seed)
    for _ in range(count):
        yield dice.choice(KINDS)(dice)[:longest]


def _noise(dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(300))


def _spoiled(dice: random.Random) -> bytes:
    """Something valid with a few bytes changed, lost or doubled."""
    message = bytearray(dice.choice(VALID))
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(message))
        message[place : place + dice.randrange(2)] = dice.randbytes(dice.randrange(3))
    return bytes(message)


def _deep(dice: random.Random) -> bytes:
    depth = dice.choice((20, 200, 2000))
    left, right = dice.choice(((b'{"a":', b"}"), (b"[", b"]"), (b"\xa1\x61a", b""), (b"\x81", b""), (b"a=[", b"]")))
    return left * depth + b"1" + right * depth


def _not_utf_8(dice: random.Random) -> bytes:
    bad = dice.choice((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\0"))
    return dice.choice((b'{"id":"%s"}', b"\x61%s", b'version = 1\na = "%s"', b"%s")).replace(b"%s", bad)


def _enormous(dice: random.Random) -> bytes:
    digits = b"9" * dice.choice((20, 400, 5000))
    shape = dice.choice((b'{"id":%s}', b'{"id":"%s"}', b'{"%s":1}', b"version = %s", b"[%s]", b"%s.a = 1"))
    return shape.replace(b"%s", digits)


def _tagged(dice: random.Random) -> bytes:
    """CBOR of kinds that are no plain values: dates, patterns, numbers without end, references to itself."""
    tag = dice.choice((0, 1, 2, 4, 5, 25, 28, 29, 30, 35, 36, 37, 55799, 2**40))
    return b"\xa1\x62id" + cbor2.dumps(cbor2.CBORTag(tag, dice.choice(([1, 2], "a(b+)+$", -1, b"\xff" * 40, {}))))


def _lying(dice: random.Random) -> bytes:
    """CBOR that announces more than there is."""
    return bytes([dice.choice((0x5B, 0x7B, 0x9B, 0xBB))]) + dice.randbytes(8)


KINDS: tuple[Callable[[random.Random], bytes], ...]
KINDS = (_noise, _spoiled, _deep, _not_utf_8, _enormous, _tagged, _lying)
