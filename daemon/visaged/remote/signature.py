"""Signed patches: Ed25519 over the bytes after the first line, which names the key and holds the signature."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from visaged.errors import VisagedError

LARGEST_BYTES = 256 * 1024
_LINE = re.compile(rb"# visaged-signature ([0-9a-f]{16}) ([A-Za-z0-9+/]{86}==)\r?\n")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END PUBLIC KEY-----")
_PEM_PREFIX = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in a PEM file (RFC 8410)."""


class KeysError(VisagedError):
    """The public keys cannot be read or used, so that nothing can be trusted."""


class UnsignedError(VisagedError):
    """A patch has no signature."""


class SignatureError(VisagedError):
    """The signature of a patch is not one of a key that is trusted, or not of these bytes."""


def key_id(public: bytes) -> str:
    """The name of a public key of 32 bytes: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def read_keys(file: Path) -> Mapping[str, bytes]:
    """The public keys in ``file`` by their ids: one a line in base64, or PEM; lines with # are comments.

    Raises KeysError where there is none.
    """
    try:
        with file.open("rb") as stream:
            text = stream.read(LARGEST_BYTES).decode("ascii")
    except OSError as exc:
        raise KeysError(f"the public keys {file} cannot be read: {exc.strerror or exc}") from exc
    except UnicodeDecodeError as exc:
        raise KeysError(f"the public keys {file} are no text") from exc
    keys = [_raw(file, match.group(1), _PEM_PREFIX) for match in _PEM.finditer(text)]
    lines = (line.partition("#")[0].strip() for line in _PEM.sub("", text).splitlines())
    keys += [_raw(file, line, b"") for line in lines if line]
    if not keys:
        raise KeysError(f"the file of public keys {file} has no key; put one there, in base64 on a line of its own")
    return {key_id(key): key for key in keys}


def verify(data: bytes, keys: Mapping[str, bytes]) -> None:
    """Back without a word if ``data`` is signed by one of ``keys``. Raises UnsignedError or SignatureError."""
    line = _LINE.match(data)
    if line is None:
        raise UnsignedError("the patch is not signed; remote.public_keys_file asks for it")
    name = line.group(1).decode()
    if name not in keys:
        raise SignatureError(f"the patch is signed with the key {name}, which is not trusted here")
    try:
        _check(keys[name], base64.b64decode(line.group(2)), data[line.end() :])
    except ImportError as exc:
        raise KeysError("signatures need the package cryptography; pip install 'visaged[signed]'") from exc


def _check(key: bytes, signature: bytes, message: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as exc:
        raise SignatureError("the signature is not one of these bytes: the patch was changed, or it is forged") from exc


def _raw(file: Path, text: str, prefix: bytes) -> bytes:
    try:
        key = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise KeysError(f"the public keys {file} hold something that is neither base64 nor PEM") from exc
    if not key.startswith(prefix) or len(key) != len(prefix) + 32:
        raise KeysError(f"the public keys {file} hold something that is no Ed25519 key of 32 bytes")
    return key[len(prefix) :]
