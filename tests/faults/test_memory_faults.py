"""Memory that runs out: the kernel kills, or an allocation fails."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from made.incident import Incident
from made.memory_limit import MemoryLimit, memory_limit
from made.pictures import write_picture

pytestmark = pytest.mark.faults

START_S = 20.0
"""By when a daemon that is started again publishes, on a machine that is busy with other tests."""


@pytest.fixture
def limit() -> Iterator[MemoryLimit]:
    with memory_limit() as made:
        yield made


@pytest.fixture
def restarted(daemon: Callable[..., Any], visits: Path, delays: dict[str, Any]) -> Callable[[Incident], None]:
    """``restarted(incident)``: what a supervisor does when it is told that the process has ended."""

    def start(one: Incident) -> None:
        settings = {key.replace(".", "__"): value for key, value in delays.items()}
        one.one = daemon(one.port, "--source", str(visits), "--loop", **settings)

    return start


def test_the_memory_limit_of_the_service_is_hit(
    remembering_broker: Any, incident: Any, restarted: Any, record: Any, limit: MemoryLimit
) -> None:
    one = incident("Memory limit of the service hit (the kernel kills)", remembering_broker, within=limit.within)
    one.begins(limit.is_hit)
    one.shows_in_status("offline", "connection lost", 5)
    assert one.one.wait() == -9
    limit.lift()
    one.ends(lambda: restarted(one))
    one.recovers(START_S)
    record(one.row(frames="until the restart", events="face_lost"))


@pytest.mark.real_machine
def test_an_allocation_fails(
    remembering_broker: Any, incident: Any, restarted: Any, record: Any, growing_pictures: Path
) -> None:
    one = incident("Memory refused by the system", remembering_broker, source=growing_pictures, source__fps=20)
    one.begins(lambda: _allow_more(one.one.pid, megabytes=50))
    one.shows_in_status("offline", "", 20)
    assert one.one.wait() == 1
    assert "Traceback" not in one.one.err
    one.shows(f"exit status 1: {one.one.sentences[-1]}")
    one.ends(lambda: restarted(one))
    one.recovers(START_S)
    record(one.row(frames="until the restart", events="face_lost"))


@pytest.fixture
def growing_pictures(tmp_path: Path) -> Path:
    """Three seconds of pictures, and then one of 162 MB."""
    for number in range(60):
        write_picture(tmp_path / f"pictures/{number:03}.png")
    cv2.imwrite(str(tmp_path / "pictures/large.png"), np.zeros((6000, 9000, 3), np.uint8))
    return tmp_path / "pictures"


def _allow_more(pid: int, megabytes: int) -> None:
    """From now on the process may hold so much more address space than now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + (megabytes << 20)
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))
