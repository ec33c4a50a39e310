"""``tuning.toml``: what was measured, and for which board, runtime and networks that holds."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from visaged import state
from visaged.errors import VisagedError
from visaged.partial import partial_name, sync_folder
from visaged.toml import loads
from visaged.vision.session import Execution

NAME = "tuning.toml"
LARGEST_BYTES = 64 * 1024
HEADER = (
    "# Written by `visaged tune`; the daemon reads it at its start. Remove it, and the board's profile counts again.\n"
)

_AS_ROOT = "use sudo"
_ROOM = "make room there"
_ADVICE = {
    errno.EACCES: _AS_ROOT,
    errno.EPERM: _AS_ROOT,
    errno.EROFS: "mount it writable, or set STATE_DIRECTORY to another folder, for the daemon as well",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
}


class TuningError(VisagedError):
    """The file of ``visaged tune`` cannot be read or written."""


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a measurement holds for; ``models`` is the hash of the networks' files."""

    board: str
    onnxruntime: str
    models: str


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See ``Execution``."""

    threads: Annotated[int, Meta(ge=1, le=64)]
    spinning: bool
    arena: bool


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With what load and result: ``utc`` in seconds, frames per second, per cent of a core, milliseconds."""

    utc: float
    wanted_fps: float
    fps: float
    cpu_percent: float
    latency_p50_ms: float
    latency_p95_ms: float


class Tuning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    version: Literal[1]
    key: Key
    chosen: Chosen
    measured: Measured

    @property
    def execution(self) -> Execution:
        """What was chosen, as the networks are told."""
        return Execution(self.chosen.threads, self.chosen.spinning, self.chosen.arena)


def place() -> Path:
    """Where ``visaged tune`` writes."""
    return state.folder() / NAME


def read() -> Tuning | None:
    """What was measured on this machine: in our own folder, else in the system's where we may look; None: nothing was.

    Raises TuningError where the file is damaged.
    """
    own, systems = place(), state.SYSTEM / NAME
    with suppress(FileNotFoundError, NotADirectoryError):
        return _parse(own)
    return _parse(systems) if os.access(systems, os.R_OK, effective_ids=True) else None


def try_writing() -> None:
    """Find out now, and not after a minute of measuring, that ``write`` cannot put anything there: TuningError."""
    path = place()
    with _explained(path), _part_of(path, HEADER):
        pass


def write(tuning: Tuning) -> Path:
    """Put ``tuning`` in its place, in one step; gives the path. Raises TuningError."""
    path = place()
    with _explained(path):
        with _part_of(path, HEADER + "\n".join(_lines(tuning)) + "\n") as part:
            part.replace(path)
        sync_folder(path.parent)
    return path


def _parse(path: Path) -> Tuning:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise ValueError("it is too large")
        return msgspec.convert(loads(data.decode()), Tuning, strict=True)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as exc:
        raise TuningError(
            f"cannot read {path}: {(exc.strerror or str(exc)).lower()}; run `visaged tune` again"
        ) from exc
    except (ValueError, RecursionError) as exc:
        what = str(exc).partition("\n")[0]
        raise TuningError(f"{path} is damaged ({what}); run `visaged tune` again") from exc


def _lines(tuning: Tuning) -> Iterator[str]:
    """TOML; JSON's scalars are TOML's, where nothing but ASCII is written as it is."""
    yield f"version = {tuning.version}"
    for name in ("key", "chosen", "measured"):
        yield f"\n[{name}]"
        for key, value in msgspec.structs.asdict(getattr(tuning, name)).items():
            yield f"{key} = {json.dumps(value)}"


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What the system says when ``path`` cannot be written is a TuningError with what to do."""
    try:
        yield
    except OSError as exc:
        advice = _ADVICE.get(exc.errno or 0, "set STATE_DIRECTORY to another folder, for the daemon as well")
        raise TuningError(
            f"cannot write {path}: {(exc.strerror or str(exc)).lower()}; {advice}, and tune again"
        ) from exc


@contextmanager
def _part_of(path: Path, text: str) -> Iterator[Path]:
    """A file beside ``path`` that has ``text``, on the disk; gone after the block unless it was given another name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.parent / partial_name(".toml")
    try:
        with part.open("x", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), 0o644)  # the daemon has a user of its own, whatever the umask of who tunes
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        yield part
    finally:
        part.unlink(missing_ok=True)
