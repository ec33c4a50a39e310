"""Rooms of the kernel's own for what a test breaks: two networks with a cable between them, and a small disk.

Each belongs to a sleeping process and is gone with it. Who is not root becomes root inside, where that is permitted.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from made.waiting import eventually

BROKER_HOST, DAEMON_HOST = "10.213.7.1", "10.213.7.2"
IS_ROOT = os.geteuid() == 0
AS_ROOT = () if IS_ROOT else ("--user", "--map-root-user")


@contextmanager
def room(*command: str) -> Iterator[int]:
    """The process that keeps a namespace open, which ``command`` (unshare and its options) makes."""
    keep = ("sh", "-c", "echo made; exec sleep infinity")
    with subprocess.Popen([*command, *keep], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        if process.stdout.readline() != "made\n":
            pytest.skip(f"the kernel makes no namespace for this user: {process.stderr.read().strip()}")
        try:
            yield process.pid
        finally:
            process.kill()


def inside(pid: int, kind: str) -> tuple[str, ...]:
    """What stands before a command that shall run in the namespace ``kind`` (--net, --mount) of ``pid``."""
    return "nsenter", "--target", str(pid), *(() if IS_ROOT else ("--user", "--preserve-credentials")), kind


def run_or_skip(*command: str) -> None:
    """Skips the test, and says why, where the kernel does not have what ``command`` asks for."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"not possible here: {' '.join(command)}: {done.stderr.strip()}")


class Cable:
    """The daemon's network (process ``near``) and the broker's (``far``), and what connects them."""

    def __init__(self, near: int, far: int) -> None:
        self.near, self.far = inside(near, "--net"), inside(far, "--net")
        ends = ("near", "type", "veth", "peer", "name", "far", "netns", str(far))
        run_or_skip(*self.near, "ip", "link", "add", *ends)
        for side, name, host in ((self.near, "near", DAEMON_HOST), (self.far, "far", BROKER_HOST)):
            run_or_skip(*side, "ip", "link", "set", "lo", "up")
            run_or_skip(*side, "ip", "addr", "add", f"{host}/24", "dev", name)
            run_or_skip(*side, "ip", "link", "set", name, "up")

    def pull(self) -> None:
        """Nothing comes through any more."""
        subprocess.run([*self.far, "ip", "link", "set", "far", "down"], check=True)

    def plug(self) -> None:
        """As before."""
        subprocess.run([*self.far, "ip", "link", "set", "far", "up"], check=True)


@contextmanager
def cable() -> Iterator[Cable]:
    """Two networks, connected."""
    with room("unshare", *AS_ROOT, "--net") as near, room(*inside(near, "--net"), "unshare", "--net") as far:
        yield Cable(near, far)


class Disk:
    """A small file system in memory. ``path`` leads into the namespace it is mounted in, that of process ``keeper``."""

    def __init__(self, keeper: int, place: Path, size: int) -> None:
        self._enter, self._place = inside(keeper, "--mount"), str(place)
        run_or_skip(*self._enter, "mount", "-t", "tmpfs", "-o", f"size={size}", "visaged-test", self._place)
        self.path = Path(f"/proc/{keeper}/root{place}")

    def remount(self, options: str) -> None:
        """``ro`` or ``rw``; the kernel refuses while a file is being written."""
        command = [*self._enter, "mount", "-o", f"remount,{options}", self._place]
        assert eventually(lambda: subprocess.run(command, capture_output=True, check=False).returncode == 0)

    def fill(self) -> Path:
        """Use up what is free; gives the file that does."""
        filler = self.path / "filler"
        with filler.open("wb", buffering=0) as stream:
            try:
                while True:
                    stream.write(bytes(4096))
            except OSError:
                return filler


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[Disk]:
    """A file system of ``size`` bytes, mounted at the folder ``place``, where nobody else sees it."""
    with room("unshare", *AS_ROOT, "--mount") as keeper:
        yield Disk(keeper, place, size)
