"""Downloads one file: resumes what is there, tries again when cut off, and believes only the hash."""

from __future__ import annotations

import http.client
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from visaged import __version__
from visaged.errors import ModelError
from visaged.models.registry import SourceFile
from visaged.models.restricted_pickle import MAX_BYTES
from visaged.partial import sync_folder

_CHUNK = 1 << 16
_PROGRESS = 1 << 20
"""An attempt that brought this many bytes does not count as a failure."""

_TEMPORARY = frozenset({408, 429})


class UnreachableError(ModelError):
    """The server cannot be reached, or does not have the file."""


class _CutOffError(Exception):
    """This attempt ended early; another may go on from there."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds of silence that end an attempt, fruitless attempts before giving up, seconds before the second one."""

    timeout: float = 20.0
    attempts: int = 3
    pause: float = 0.5


def download(url: str, target: Path, expected: SourceFile, patience: Patience) -> None:
    """Bring ``url`` to ``target``, by way of ``target.part``, which a later call goes on from.

    Raises UnreachableError, or ModelError where the content is not the expected one (nothing is left of it then).
    Failures to write are OSErrors.
    """
    part = target.with_name(f"{target.name}.part")
    _transfer_patiently(url, part, expected, patience)
    if not expected.matches(part):
        part.unlink()
        raise ModelError(f"what {url} answers is not the expected file (its hash differs); nothing of it was kept")
    part.rename(target)
    sync_folder(target.parent)


def _transfer_patiently(url: str, part: Path, expected: SourceFile, patience: Patience) -> None:
    failures = 0
    while True:
        before = _size(part)
        try:
            return _transfer(url, part, expected, patience.timeout)
        except _CutOffError as exc:
            failures = 1 if _size(part) - before >= _PROGRESS else failures + 1
            if failures >= patience.attempts:
                raise UnreachableError(f"cannot download {url} ({exc})") from exc
            time.sleep(patience.pause * 2 ** (failures - 1))


def _transfer(url: str, part: Path, expected: SourceFile, timeout: float) -> None:
    """One attempt; returns when all that the server has is in ``part``."""
    start = _size(part)
    if expected.size is not None and start >= expected.size:
        return
    response = _open(url, start, timeout)
    if response is None:
        part.unlink(missing_ok=True)
        reason = "does not go on from where the last attempt ended" if start else "has no bytes of it"
        raise _CutOffError(f"the server {reason}")
    with response:
        _save(response, part, expected.size)


def _save(response: Any, part: Path, size: int | None) -> None:
    """Append a partial answer to ``part``, or write a whole one in its place; one without end is cut.

    ``size`` is what the file is known to have; raises _CutOffError where less comes than was announced.
    """
    with part.open("ab" if response.status == 206 else "wb") as file:
        total = size if response.length is None else file.tell() + response.length
        with _progress(part.stem, file.tell(), total) as progress:
            for chunk in _chunks(response):
                file.write(chunk)
                progress.update(len(chunk))
                if file.tell() > (size or MAX_BYTES):
                    break
        file.flush()
        os.fsync(file.fileno())
        if total is not None and file.tell() < total:
            raise _CutOffError(f"the connection ended after {file.tell()} of {total} bytes")


def _progress(name: str, start: int, total: int | None) -> tqdm[Any]:
    """A bar on a terminal, nothing elsewhere."""
    return tqdm(desc=name, initial=start, total=total, unit="B", unit_scale=True, file=sys.stderr, disable=None)


def _open(url: str, start: int, timeout: float) -> Any:
    """The response, from byte ``start`` where the server can; None where it has nothing from there on."""
    headers = {"User-Agent": f"visaged/{__version__}", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        response = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=timeout)
    except urllib.error.HTTPError as exc:
        if exc.code == 416:
            return None
        if exc.code >= 500 or exc.code in _TEMPORARY:
            raise _CutOffError(f"HTTP {exc.code} {exc.reason}") from exc
        raise UnreachableError(f"cannot download {url} (HTTP {exc.code} {exc.reason})") from exc
    except (OSError, http.client.HTTPException) as exc:
        raise _CutOffError(str(getattr(exc, "reason", exc))) from exc
    except ValueError as exc:
        raise UnreachableError(f"cannot download {url} ({exc})") from exc
    if response.status == 206 and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        response.close()
        return None
    return response


def _chunks(response: Any) -> Iterator[bytes]:
    while True:
        try:
            chunk = response.read(_CHUNK)
        except (OSError, http.client.HTTPException) as exc:
            raise _CutOffError(str(exc) or "the connection broke") from exc
        if not chunk:
            return
        yield chunk


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
