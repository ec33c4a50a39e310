"""How much memory there is, and how much of it we may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from visaged.board import files

CGROUPS = Path("sys/fs/cgroup")
NO_LIMIT = 1 << 60
"""The first version of control groups writes "none" as a number about as large as there is."""

_ENABLED = re.compile(r"^memory\t.*\t([01])$", re.MULTILINE)
_KILOBYTES = re.compile(r"^(MemTotal|MemAvailable):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes: all there is, what is free to be had, and the least limit of a control group that we are in (None: none).

    None where the kernel does not say.
    """

    total: int | None
    available: int | None
    limit: int | None


def read_memory(root: Path) -> Memory:
    """The machine's memory, and the limit of this process."""
    found = {name: int(kilobytes) * 1024 for name, kilobytes in _KILOBYTES.findall(_meminfo(root))}
    return Memory(found.get("MemTotal"), found.get("MemAvailable"), min(_limits(root), default=None))


def can_be_limited(root: Path) -> bool | None:
    """Whether the kernel limits the memory of control groups; None where it does not say."""
    controllers = files.text(root / CGROUPS / "cgroup.controllers")
    older = _ENABLED.search(files.text(root / "proc/cgroups") or "")
    if controllers is None and older is None:
        return None
    return "memory" in (controllers or "").split() or (older is not None and older[1] == "1")


def _meminfo(root: Path) -> str:
    return files.text(root / "proc/meminfo") or ""


def _limits(root: Path) -> Iterator[int]:
    """Of our control group and of all above it, each of which counts."""
    for line in (files.text(root / "proc/self/cgroup") or "").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers in ("", "memory"):
            yield from _limits_of(root / CGROUPS, controllers, PurePosixPath(path))


def _limits_of(tree: Path, controllers: str, path: PurePosixPath) -> Iterator[int]:
    file = "memory/{}/memory.limit_in_bytes" if controllers else "{}/memory.max"
    for group in (path, *path.parents):
        limit = files.number(tree / file.format(str(group).strip("/") or "."))
        if limit is not None and limit < NO_LIMIT:
            yield limit
