"""A container that systemd boots; ``scripts/test-systemd`` makes what it needs and runs these tests."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from made.container import INSTALL, Machine, configure, restore

CGROUPS = Path("/sys/fs/cgroup")

if "VISAGED_CONTAINER" not in os.environ:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The container, with nothing installed."""
    before = _groups()
    log = tmp_path_factory.mktemp("machine") / "console"
    one = Machine(Path(os.environ["VISAGED_CONTAINER"]), Path(os.environ["VISAGED_WHEELS"]), log)
    yield one
    one.power_off()
    for group in sorted(_groups() - before, reverse=True):
        with contextlib.suppress(OSError):
            group.rmdir()


@pytest.fixture(scope="session")
def installed(machine: Machine) -> Machine:
    """The container with the service, which watches the synthetic camera."""
    configure(machine, "")
    machine.run(INSTALL)
    return machine


@pytest.fixture
def service(installed: Machine) -> Iterator[Machine]:
    """The service as it is after its installation, and so again afterwards."""
    restore(installed)
    yield installed
    restore(installed)


def _groups() -> set[Path]:
    """The control groups of the host's controllers of the first version."""
    return {path for each in ("memory", "devices", "pids") for path in (CGROUPS / each).glob("**/*/")}
