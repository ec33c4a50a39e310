"""Secrets that must not show: a canary in every place that holds one, and a look at everything that comes out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.daemon import Daemon
from made.mosquitto import Broker
from made.waiting import eventually
from visaged.config.keys import KEYS

CANARY = "xK7canaryQ2"
"""Nothing else in the world contains this."""

CAMERA = f"rtsp://user:{CANARY}@127.0.0.1:9/one?pwd={CANARY}"


DESIRED = "visaged/cam/config/desired"


@pytest.fixture
def secretive_broker(make_broker: Callable[..., Broker], tmp_path: Path) -> Broker:
    """Lets in "pi" and "desk", whose password is the canary."""
    passwords = tmp_path / "passwords"
    passwords.touch(mode=0o600)
    for user in ("pi", "desk"):
        subprocess.run(["mosquitto_passwd", "-b", passwords, user, CANARY], check=True, capture_output=True)
    return make_broker("allow_anonymous false", f"password_file {passwords}")


@pytest.fixture
def file(secretive_broker: Broker, tmp_path: Path) -> Path:
    """A configuration with secrets in it, and beside it."""
    password, configuration = tmp_path / "password", tmp_path / "visaged.toml"
    password.write_text(f"{CANARY}\n")
    password.chmod(0o600)
    configuration.write_text(
        f'[source]\nuri = "{CAMERA}"\n[mqtt]\nport = {secretive_broker.port}\nusername = "pi"\n'
        f'password_file = "{password}"\n[log]\nlevel = "debug"\n'
    )
    return configuration


@pytest.fixture
def running(file: Path, secretive_broker: Broker, listen: Any, daemon: Any, monkeypatch: Any) -> tuple[Daemon, Any]:
    """A daemon with that configuration, which says as much as it can, and somebody who hears all of it."""
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    monkeypatch.setenv("VISAGED_DEBUG", "1")
    listener = listen(secretive_broker, username="desk", password=CANARY)
    one = daemon(secretive_broker.port, "--config", str(file), mqtt__health_interval_s=0.5)
    assert eventually(lambda: listener.of("visaged/cam/info") and listener.of("visaged/cam/health"), 30), one.err
    return one, listener


def published(listener: Any) -> str:
    """By the daemon."""
    return repr([(message.topic, bytes(message.payload)) for message in listener.messages if message.topic != DESIRED])


def command_lines(pid: int) -> bytes:
    """Of the process and those that it has started, as every user may read them."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return b"".join(Path(f"/proc/{one}/cmdline").read_bytes() for one in [str(pid), *children])


def test_log_topics_and_command_lines_hold_no_secret(running: tuple[Daemon, Any], file: Path) -> None:
    one, listener = running
    listener.publish("visaged/cam/command/get-config", b'{"id": 1}')
    seen = b""
    for _ in range(50):  # what reads the stream comes and goes
        seen += command_lines(one.pid)
        time.sleep(0.02)
    file.write_text(file.read_text() + f'[nonsense]\n{CANARY[:3]} = "{CAMERA}"\n')
    os.kill(one.pid, signal.SIGHUP)
    assert eventually(lambda: "rejected" in one.err), one.err
    assert one.end() < 5
    assert CANARY.encode() not in seen and b"visaged" in seen
    assert CANARY not in one.err + one.out
    assert CANARY not in published(listener)


@pytest.mark.parametrize(
    ("patch", "state"),
    [
        (f'[source]\nuri = "{CAMERA}&more"\n', "trial"),
        (f'[source]\nuri = ["{CAMERA}"]\n', "rejected"),
        (f'[mqtt]\nurl = "{CAMERA}"\n', "rejected"),
        (f'[source]\nuri = "{CAMERA}', "rejected"),
    ],
)
def test_a_patch_with_a_secret_is_reported_without_it(running: tuple[Daemon, Any], patch: str, state: str) -> None:
    one, listener = running
    told = f'"state":"{state}"'.encode()
    listener.publish(DESIRED, f"version = 1\n{patch}".encode())
    assert eventually(lambda: any(told in said for said in listener.of("visaged/cam/config/reported")), 30), one.err
    listener.publish("visaged/cam/command/get-config", b"")
    assert eventually(lambda: listener.of("visaged/cam/response/get-config"))
    assert CANARY not in one.err + one.out + published(listener)


@pytest.mark.parametrize("how", [signal.SIGABRT, signal.SIGSEGV])
def test_a_crash_shows_places_and_no_secret(running: tuple[Daemon, Any], how: signal.Signals) -> None:
    one, listener = running
    one.end(how)
    assert "Fatal Python error" in one.err and 'File "' in one.err
    assert CANARY not in one.err + one.out + published(listener)


@pytest.mark.parametrize(
    "arguments",
    [
        ["config", "dump"],
        ["config", "dump", "--json"],
        ["config", "check"],
        ["config", "diff"],
        ["config", "explain", "source.uri"],
        ["config", "explain", "source.uri", "--json"],
        ["doctor"],
        ["doctor", "--json"],
        ["run", "--set", f"mqtt.password={CANARY}"],
        ["run", "--set", f"source.uri=[{CAMERA}"],
    ],
    ids=" ".join,
)
def test_no_command_prints_a_secret(arguments: list[str], file: Path, made_pack_dir: Path) -> None:
    command = [sys.executable, "-m", "visaged", *arguments, "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert CANARY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_no_key_takes_a_password_and_so_no_command_line_does() -> None:
    telling = [path for path in KEYS if any(word in path for word in ("password", "secret", "token", "key", "cred"))]
    assert telling and all(path.endswith("_file") for path in telling)
