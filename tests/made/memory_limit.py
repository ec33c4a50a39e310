"""A memory limit such as systemd's ``MemoryMax=``: a control group of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from made.waiting import eventually

VERSION_1, VERSION_2 = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
HUNGRY = "held = [bytearray(1 << 20) for _ in range({megabytes})]"
SPARED = 'echo -1000 > /proc/$$/oom_score_adj; echo $$ > "$0/cgroup.procs"; exec "$@"'
JOINING = 'echo $$ > "$0/cgroup.procs"; exec "$@"'


class MemoryLimit:
    """A control group in ``folder``."""

    def __init__(self, folder: Path, limit: str, usage: str) -> None:
        self._folder, self._limit, self._usage = folder, folder / limit, folder / usage
        self.within = ("sh", "-c", JOINING, str(folder))

    def is_hit(self, room_mb: int = 10) -> None:
        """``room_mb`` above what is used now is the limit, and somebody else uses more than that.

        In a service that would be the daemon itself. Here it is a process that the kernel must spare, so that the
        moment is the test's own, and the daemon is the one to go.
        """
        self._limit.write_text(str(int(self._usage.read_text()) + (room_mb << 20)))
        hungry = HUNGRY.format(megabytes=2 * room_mb)
        command = ["sh", "-c", SPARED, str(self._folder), sys.executable, "-c", hungry]
        subprocess.run(command, check=False, timeout=20, capture_output=True)

    def lift(self) -> None:
        """No limit for those who come."""
        self._limit.write_text("-1" if self._limit.name == "memory.limit_in_bytes" else "max")


@contextmanager
def memory_limit() -> Iterator[MemoryLimit]:
    """A new group; none is left behind."""
    base, limit, usage = VERSION_2, "memory.max", "memory.current"
    if VERSION_1.is_dir():
        base, limit, usage = VERSION_1, "memory.limit_in_bytes", "memory.usage_in_bytes"
    folder = base / f"visaged-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as exc:
        pytest.skip(f"no control group can be made at {base}: {exc.strerror}")
    try:
        if not (folder / limit).exists():
            pytest.skip(f"the control groups at {base} do not limit memory: there is no {limit}")
        yield MemoryLimit(folder, limit, usage)
    finally:
        for process in (folder / "cgroup.procs").read_text().split():
            os.kill(int(process), 9)
        assert eventually(lambda: not (folder / "cgroup.procs").read_text())
        folder.rmdir()
