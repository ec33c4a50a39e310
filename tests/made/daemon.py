"""The real daemon as a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from made.waiting import PATIENCE

MOST_IDLE = 0.02
"""Of a core, while there is no camera."""

UNHURRIED = (str(Path(__file__).with_name("unhurried.py")),)
"""A ``program`` that reads all that it is sent at once."""

ENDED_MIDWAY = (str(Path(__file__).with_name("ended_midway.py")),)
"""One that gets SIGTERM while it goes over to a configuration that starts everything anew."""

QUICK = {
    "device.id": "cam",
    "model.pack": "3ddfa_v2",
    "inference.threads": 1,
    "source.retry_min_s": 0.1,
    "source.retry_max_s": 0.2,
    "mqtt.backoff_min_s": 0.1,
    "mqtt.backoff_max_s": 0.2,
    "mqtt.connect_timeout_s": 2,
}
"""The made pack, and delays that suit a test; ``settings`` in the arguments below win over them."""


class Daemon:
    """``visaged run ARGUMENTS`` with ``settings``; what it says goes to files, so that no pipe can fill up.

    ``within``: a command that runs another one somewhere, such as ``nsenter --net``. ``program``: what Python runs.
    """

    def __init__(
        self,
        folder: Path,
        models: Path,
        port: int,
        *arguments: str,
        within: tuple[str, ...] = (),
        program: tuple[str, ...] = ("-m", "visaged"),
        **settings: object,
    ) -> None:
        given = QUICK | {"model.models_dir": models, "mqtt.port": port}
        given |= {name.replace("__", "."): value for name, value in settings.items()}
        self.sets = [f"{key}={value}" for key, value in given.items()]
        sets = [word for assignment in self.sets for word in ("--set", assignment)]
        self._out, self._err = folder / "out", folder / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            command = [*within, sys.executable, *program, "run", *arguments, *sets]
            state = {"STATE_DIRECTORY": str(folder / "state")}  # a test may have another, or share it between two
            self._process = subprocess.Popen(command, stdout=out, stderr=err, env=state | dict(os.environ))

    @property
    def out(self) -> str:
        """What it has written to standard output."""
        return self._out.read_text()

    @property
    def err(self) -> str:
        """What it has written to standard error."""
        return self._err.read_text()

    @property
    def warnings(self) -> list[str]:
        """The warnings in its log."""
        return re.findall(r"(?m)^[0-9-]+ [0-9:,]+ WARNING (.*)$", self.err)

    @property
    def sentences(self) -> list[str]:
        """What it has said to whoever started it, apart from its log."""
        return [line for line in self.err.splitlines() if not re.match(r"[0-9-]+ [0-9:,]+ [A-Z]+ ", line)]

    @property
    def peak_mb(self) -> int:
        """The most memory that it has held so far, in megabytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) // 1000

    @property
    def held_mb(self) -> float:
        """The memory that it holds now, in megabytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1000

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def cpu_s(self) -> float:
        """The seconds of processor time that it has used so far, with all that it has started."""
        spent = 0
        family = [self._process.pid]
        for pid in family:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended just now
                spent += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
                for task in Path(f"/proc/{pid}/task").iterdir():
                    family += map(int, (task / "children").read_text().split())
        return spent / os.sysconf("SC_CLK_TCK")

    def share_of_a_core(self, seconds: float) -> float:
        """That is used for so long from now on."""
        before, began = self.cpu_s, time.monotonic()
        time.sleep(seconds)
        return (self.cpu_s - before) / (time.monotonic() - began)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def wait(self, timeout_s: float = 20.0) -> int:
        """Its exit status."""
        return self._process.wait(timeout_s * PATIENCE)

    def end(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal, wait for the end, give the seconds it took."""
        began = time.monotonic()
        self._process.send_signal(how)
        self._process.wait(20 * PATIENCE)
        return time.monotonic() - began

    def hang_up(self) -> None:
        """Tell it that its configuration has changed."""
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """Make sure that nothing is left of it."""
        self._process.kill()
        self._process.wait(5)


@contextlib.contextmanager
def _starting(tmp_path_factory: pytest.TempPathFactory, pack_dir: Path) -> Iterator[Callable[..., Daemon]]:
    daemons: list[Daemon] = []

    def start(port: int, *arguments: str, models: Path = pack_dir, **options: Any) -> Daemon:
        daemons.append(Daemon(tmp_path_factory.mktemp("daemon"), models, port, *arguments, **options))
        return daemons[-1]

    yield start
    for one in daemons:
        one.kill()


@pytest.fixture
def daemon(tmp_path_factory: pytest.TempPathFactory, made_pack_dir: Path) -> Iterator[Callable[..., Daemon]]:
    """``daemon(port, *arguments, models=..., within=..., mqtt__landmarks="true", **more_settings)``; started."""
    with _starting(tmp_path_factory, made_pack_dir) as start:
        yield start


@pytest.fixture(scope="module")
def lasting_daemon(tmp_path_factory: pytest.TempPathFactory, made_pack_dir: Path) -> Iterator[Callable[..., Daemon]]:
    """The same for what all tests of a module look at."""
    with _starting(tmp_path_factory, made_pack_dir) as start:
        yield start
