"""A container that systemd boots, and the service in it."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from pathlib import Path

from made.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
BOOT_S, COMMAND_S = 120.0, 240.0
UNIT = "visaged.service"
INSTALL = (
    "cd / && PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels /src/scripts/install-service --wheel /wheels/visaged-*.whl 2>&1"
)
DROP_IN = f"/run/systemd/system/{UNIT}.d/test.conf"


class Machine:
    """A booted container; everything it writes is gone with it."""

    def __init__(self, root: Path, wheels: Path, log: Path) -> None:
        binds = [f"--bind-ro={ROOT}:/src", f"--bind-ro={wheels}:/wheels"]
        options = ["--register=no", "--keep-unit", "--volatile=overlay", "--console=pipe", "--quiet", "--boot"]
        with log.open("wb") as output:
            command = ["systemd-nspawn", f"--directory={root}", *options, *binds]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self._children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        assert eventually(self._has_booted, BOOT_S), log.read_text(errors="replace")
        self.has_memory_limits = self._borrow_controllers()

    def run(self, script: str, check: bool = True) -> str:
        """What ``script`` prints, run by the container's shell as root."""
        command = ["nsenter", "--all", f"--target={self._leader}", "--", "bash", "-c", script]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=COMMAND_S)
        assert not check or done.returncode == 0, f"{script}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout.strip()

    def timed(self, script: str) -> float:
        """How many seconds ``script`` takes."""
        began = time.monotonic()
        self.run(script)
        return time.monotonic() - began

    def show(self, name: str, unit: str = UNIT) -> str:
        """One property of a unit."""
        return self.run(f"systemctl show --value --property={name} {unit}")

    def write(self, path: str, text: str) -> None:
        """Make a file."""
        self.run(f"mkdir -p $(dirname '{path}') && cat > '{path}' <<'END'\n{text}\nEND")

    def read_topic(self, topic: str, seconds: int = 30) -> str:
        """The next message on ``topic``, or the one that is retained."""
        return self.run(f"mosquitto_sub -h 127.0.0.1 -t '{topic}' -C 1 -W {seconds}")

    def power_off(self) -> None:
        """End it, and what it leaves among the control groups."""
        with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
            self.run("systemctl --force poweroff", check=False)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(10)

    def _has_booted(self) -> bool:
        assert self._process.poll() is None, "systemd-nspawn has ended"
        if not self._children.read_text().split():
            return False
        return self.run("systemctl is-system-running", check=False) in {"running", "degraded"}

    @property
    def _leader(self) -> int:
        """The container's first process."""
        return int(self._children.read_text().split()[0])

    def _borrow_controllers(self) -> bool:
        """Let the container limit devices and memory where the host has the first version of control groups.

        There systemd-nspawn hands over the controllers to be read alone. Whether memory can be limited.
        """
        self.run(
            "for each in memory devices pids; do "
            "[ ! -d /sys/fs/cgroup/$each ] || mount -o remount,bind,rw /sys/fs/cgroup/$each; done; "
            "systemctl daemon-reexec"
        )
        hungry = "python3 -c 'bytearray(200_000_000)'"
        done = self.run(f"systemd-run --wait -q -p MemoryMax=50M -p MemorySwapMax=0 {hungry} && echo free", check=False)
        return done != "free"


def configure(machine: Machine, text: str, name: str = "visaged") -> None:
    """Give a service its configuration: the synthetic camera unless ``text`` names another."""
    source = "" if "[source]" in text else '[source]\nuri = "synthetic"\n'
    machine.write(f"/etc/visaged/{name}.toml", f"{source}{text}")


def change_unit(machine: Machine, text: str) -> None:
    """Go on with a unit in which ``text`` is different."""
    machine.write(DROP_IN, text)
    machine.run("systemctl daemon-reload")


def restore(machine: Machine) -> None:
    """The unit and the configuration as they were, and running."""
    configure(machine, "")
    machine.run(f"rm -f {DROP_IN}; systemctl daemon-reload; systemctl reset-failed {UNIT} 2>/dev/null; true")
    machine.run(f"systemctl restart {UNIT}")
