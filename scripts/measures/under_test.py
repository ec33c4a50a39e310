"""The daemon as its users run it: a private broker, a subscriber, and what the system says of the process."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

HOST, DEVICE = "127.0.0.1", "measured"
START_S = 60.0
"""What a daemon may need for its first pose on a slow board."""


@dataclass(frozen=True, slots=True)
class Pose:
    """When a pose could be read from the subscriber's socket and when its frame was taken, in seconds on the same
    monotonic clock."""

    arrived: float
    taken: float
    seq: int
    skipped: int

    @property
    def latency_ms(self) -> float:
        """From capture to subscriber."""
        return (self.arrived - self.taken) * 1000


@dataclass(slots=True)
class Subscriber:
    """Keeps the poses that came and the newest ``health``."""

    poses: list[Pose] = field(default_factory=list)
    health: dict[str, object] = field(default_factory=dict)
    arrived: float = 0.0

    def listen(self, client: Client, port: int, over: threading.Event) -> None:
        """Receive until it is ``over``, from the broker at ``port`` as soon as that listens."""
        while not over.is_set():
            connection = client.socket()
            if connection is None:
                with suppress(OSError):
                    client.connect(HOST, port)
                over.wait(0.1)
            elif select.select([connection], [], [], 0.1)[0]:
                self.arrived = time.monotonic()
                client.loop_read()
            client.loop_write()
            client.loop_misc()

    def receive(self, message: MQTTMessage) -> None:
        """One message."""
        said = json.loads(message.payload)
        if message.topic.endswith("/health"):
            self.health = said
        else:
            self.poses.append(Pose(self.arrived, said["mono"], said["seq"], said["skipped"]))


@dataclass(frozen=True, slots=True)
class Usage:
    """What processes hold: resident memory in MB (10^6 bytes), open files, threads."""

    rss_mb: float
    fds: int
    threads: int


def usage(pid: int) -> Usage:
    """Of ``pid`` and all that it has started now, as Linux tells it."""
    members = [Path("/proc", str(member)) for member in family(pid)]
    pages = sum(int((member / "statm").read_text().split()[1]) for member in members)
    fds, threads = (sum(len(list((member / what).iterdir())) for member in members) for what in ("fd", "task"))
    return Usage(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, fds, threads)


def cpu_s(stat: Path) -> float:
    """CPU seconds so far, by the file ``stat`` of a process or of one thread."""
    after_name = stat.read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    found = [pid]
    for parent in found:
        for task in Path("/proc", str(parent), "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def family_cpu_s(pid: int) -> float:
    """CPU seconds of a process and all that it has started."""
    return sum(cpu_s(Path("/proc", str(member), "stat")) for member in family(pid))


@contextmanager
def private_broker(folder: Path) -> Iterator[int]:
    """A mosquitto on a free port of this machine; gives the port."""
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        sys.exit("There is no mosquitto; install it (apt-get install mosquitto).")
    with socket.create_server((HOST, 0)) as server:
        port = int(server.getsockname()[1])
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} {HOST}\nallow_anonymous true\n")
    with (folder / "mosquitto.log").open("w") as log:
        process = subprocess.Popen([found, "-c", str(config)], stdout=log, stderr=log)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def subscriber(port: int) -> Iterator[Subscriber]:
    """Connected to the broker, as soon as that listens."""
    kept, over = Subscriber(), threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)

    def subscribe(*_: object) -> None:
        client.subscribe([(f"visaged/{DEVICE}/{name}", 0) for name in ("pose", "health")])

    client.on_connect = subscribe
    client.on_message = lambda _client, _data, message: kept.receive(message)
    thread = threading.Thread(target=kept.listen, args=(client, port, over))
    thread.start()
    try:
        yield kept
    finally:
        over.set()
        thread.join()
        client.disconnect()


@contextmanager
def daemon(
    port: int, folder: Path, sets: list[str], *program: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """``visaged run`` (or another ``program``) with the default configuration, ``sets`` and more ``environment``."""
    default = Path(__file__).resolve().parents[2] / "config/visaged.toml"
    given = [f"mqtt.port={port}", f"device.id={DEVICE}", "mqtt.health_interval_s=1", *sets]
    options = ["--config", str(default), *(word for text in given for word in ("--set", text))]
    with (folder / "daemon.log").open("w") as log:
        command = [sys.executable, *(program or ("-m", "visaged")), "run", *options]
        process = subprocess.Popen(command, stderr=log, stdout=log, env={**os.environ, **(environment or {})})
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def wait_for_poses(kept: Subscriber, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Until the first has come; ends the program, with what the daemon said, where none does."""
    deadline = time.monotonic() + START_S
    while not kept.poses:
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"No pose came. The daemon said:\n{(folder / 'daemon.log').read_text()}")
        time.sleep(0.05)
