"""Fingerprints of files: git's blob id (how upstream's tree names a file) and SHA-256."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20


def git_blob_id(path: Path) -> str:
    """The id git gives the content of ``path``: SHA-1 of ``blob <size>\\0`` and the bytes, in hex."""
    # SHA-1 is git's choice; it names the file here, and where it is known the SHA-256 is checked as well.
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    return _hex_of(path, digest)


def sha256(path: Path) -> str:
    """The SHA-256 of the content of ``path``, in hex."""
    return _hex_of(path, hashlib.sha256())


def _hex_of(path: Path, digest: Any) -> str:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return str(digest.hexdigest())
