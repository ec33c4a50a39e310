"""From the bytes of a message to a patch that may be tried. Pure, but for the file of public keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from visaged.config import InvalidConfigError, Patch, Problem, read_patch
from visaged.errors import ConfigError, VisagedError
from visaged.remote.ledger import DEVICE, Document
from visaged.remote.signature import KeysError, SignatureError, UnsignedError, read_keys, verify
from visaged.systemd.credentials import file_of

Count = Literal["rejected", "unsigned", "wrongly_signed", "replayed"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What patches are judged by: the device's name, the state directory, and where the public keys are (a path, or
    ``credential:NAME``), empty where patches need no signature."""

    device: str
    state: Path
    keys: str


class RejectedError(VisagedError):
    """A patch that is not tried. ``counts_as``: under which number it is counted."""

    def __init__(self, counts_as: Count, problems: Iterable[Problem], version: int | None = None) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))
        self.counts_as = counts_as
        self.version = version


def digest(data: bytes) -> str:
    """By which the bytes of a patch are known."""
    return hashlib.sha256(data).hexdigest()


def read_desired(data: bytes, origin: str, terms: Terms) -> tuple[Document, Patch]:
    """The patch in ``data``, and what is to be kept of it. Raises RejectedError."""
    name = name_of(origin)
    if terms.keys:
        _check_signature(data, name, terms.keys)
    try:
        patch = read_patch(data, name, terms.state)
    except InvalidConfigError as exc:
        raise RejectedError("rejected", exc.problems) from exc
    _check_target(patch, origin, name, terms)
    return Document(origin, patch.version, digest(data), data), patch


def name_of(origin: str) -> str:
    """What messages call a patch."""
    return "desired" if origin == DEVICE else f"{origin} desired"


def _check_signature(data: bytes, name: str, place: str) -> None:
    try:
        verify(data, read_keys(file_of(place)))
    except UnsignedError as exc:
        raise RejectedError("unsigned", [Problem(name, str(exc))]) from exc
    except SignatureError as exc:
        raise RejectedError("wrongly_signed", [Problem(name, str(exc))]) from exc
    except (KeysError, ConfigError) as exc:
        raise RejectedError("rejected", [Problem(name, str(exc))]) from exc


def _check_target(patch: Patch, origin: str, name: str, terms: Terms) -> None:
    """A patch that was signed for one device must not be replayed to another."""
    here = terms.device if origin == DEVICE else origin
    if patch.target == here or (patch.target is None and not terms.keys):
        return
    if patch.target is None:
        sentence = f'a signed patch says whom it is for; add target = "{here}" and sign it again'
    else:
        sentence = f'the patch is for another target than "{here}"'
    counts_as: Count = "rejected" if patch.target is None else "replayed"
    raise RejectedError(counts_as, [Problem(name, sentence, ("target",))], patch.version)
