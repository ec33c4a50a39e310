"""Signs patches with a private key (Ed25519), and makes such keys. Needs the package ``cryptography``."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

from visaged.desk.errors import DeskError
from visaged.remote.signature import SignatureError, UnsignedError, key_id, verify

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LACKING = "signatures need the package cryptography; pip install 'visaged[signed]'"


class Signer:
    """Signs with the private key in ``file``, PEM without a pass phrase. Raises DeskError where that cannot be used."""

    def __init__(self, file: Path) -> None:
        self._key = _read(file)

    def sign(self, patch: bytes) -> bytes:
        """``patch`` with a first line, a comment to TOML, that signs everything after it."""
        signature = base64.b64encode(self._key.sign(patch)).decode()
        return f"# visaged-signature {key_id(_raw(self._key))} {signature}\n".encode() + patch

    def has_signed(self, patch: bytes) -> bool:
        """Whether ``patch`` begins with a signature of this key over everything after it."""
        public = _raw(self._key)
        try:
            verify(patch, {key_id(public): public})
        except (UnsignedError, SignatureError):
            return False
        return True


def make_key(file: Path) -> str:
    """Write a new private key that only its owner may read; gives the line for ``remote.public_keys_file``.

    Raises DeskError where it cannot be written, or there is a file already.
    """
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError as exc:
        raise DeskError(LACKING) from exc
    key = Ed25519PrivateKey.generate()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    _write(file, key.private_bytes(*form))
    public = _raw(key)
    return f"{base64.b64encode(public).decode()}  # {key_id(public)}"


def _write(file: Path, data: bytes) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as exc:
        raise DeskError(f"{file} exists already; a key is never overwritten") from exc
    except OSError as exc:
        raise DeskError(f"the key {file} cannot be written: {exc.strerror or exc}") from exc
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as exc:
        file.unlink(missing_ok=True)
        raise DeskError(f"the key {file} cannot be written: {exc.strerror or exc}") from exc


def _read(file: Path) -> Ed25519PrivateKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as exc:
        raise DeskError(LACKING) from exc
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as exc:
        raise DeskError(f"the key {file} cannot be read: {exc.strerror or exc}") from exc
    except (ValueError, TypeError) as exc:
        raise DeskError(f"the key {file} is no private key in PEM without a pass phrase") from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise DeskError(f"the key {file} is of another kind than Ed25519; `visaged remote keygen` makes one")
    return key


def _raw(key: Ed25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
