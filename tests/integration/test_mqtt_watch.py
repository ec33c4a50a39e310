"""``visaged watch`` as a command, at a real broker."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from made.broker import settings_for
from visaged.cli import main
from visaged.mqtt.client import Publisher

ROOT = "visaged/kitchen"


def pose(seq: int) -> bytes:
    """A pose message with one face."""
    face = {"id": 3, "confidence": 0.97, "valid": True, "box": [1, 2, 3, 4], "yaw": -12.4, "pitch": 3.1, "roll": 0.8}
    face |= {"eye_open": [0.91, None], "mouth_open": 0.04}
    return json.dumps({"v": 1, "seq": seq, "latency_ms": 7.9, "faces": [face]}).encode()


def command(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """``visaged watch`` with ``arguments``, as a process."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-m", "visaged", "watch", *arguments], **(pipes | options))


@pytest.fixture
def device(broker: Any) -> Iterator[Publisher]:
    """A device that is connected and online."""
    publisher = Publisher(settings_for(broker.port, client_id="kitchen"), (f"{ROOT}/status", b"{}"))
    publisher.publish_state(f"{ROOT}/status", b'{"state":"degraded","reason":"camera_lost","since":1.0}')
    publisher.start()
    assert publisher.wait_connected(5)
    yield publisher
    publisher.stop(None, 1.0)


def publish_until_end(device: Publisher, process: subprocess.Popen[str], payloads: list[bytes]) -> tuple[str, str]:
    """Publish ``payloads`` over and over until ``process`` ends; gives what it wrote."""
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        for payload in payloads:
            device.publish_frame(f"{ROOT}/pose", payload)
        time.sleep(0.02)
    process.kill()
    out, err = process.communicate()
    return out, err


def test_lines_for_a_pipe(broker: Any, device: Publisher) -> None:
    process = command("--port", str(broker.port), "--count", "3")
    out, err = publish_until_end(device, process, [pose(812)])
    lines = out.splitlines()
    assert (process.returncode, err) == (0, "")
    assert lines[0] == "kitchen  status degraded (camera_lost)"
    face = "#3 0.97 valid  yaw -12.4  pitch +3.1  roll +0.8  eyes 0.91 ?  mouth 0.04"
    assert lines[1:] == [f"kitchen  seq 812  7.9 ms  1 face  {face}"] * 3


def test_json_lines_carry_topic_and_message(broker: Any, device: Publisher) -> None:
    process = command("--port", str(broker.port), "--count", "2", "--json", "--device", "kitchen")
    out, _ = publish_until_end(device, process, [pose(5)])
    entries = [json.loads(line) for line in out.splitlines()]
    assert [entry["topic"] for entry in entries] == [f"{ROOT}/status", f"{ROOT}/pose", f"{ROOT}/pose"]
    assert entries[1]["message"] == json.loads(pose(5))


def test_rubbish_is_reported_and_survived(broker: Any, device: Publisher) -> None:
    process = command("--port", str(broker.port), "--count", "2")
    evil = b'{"seq":1,"faces":[{"id":1,"reason":"\\u001b[2J\\u009b2J"}]}'
    out, err = publish_until_end(device, process, [b"\x1b[2Jrubbish", b"[1]", evil])
    assert process.returncode == 0
    assert "kitchen/pose: A message is" in err and "Traceback" not in err
    assert "\x1b" not in out + err and "\x9b" not in out + err


def test_table_on_a_terminal_ends_with_ctrl_c(broker: Any, device: Publisher) -> None:
    ours, theirs = pty.openpty()
    process = command("--port", str(broker.port), stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.set_blocking(ours, False)
    seen = b""
    deadline = time.monotonic() + 10
    while b"valid" not in seen and time.monotonic() < deadline:
        device.publish_frame(f"{ROOT}/pose", pose(1))
        time.sleep(0.05)
        try:
            seen += os.read(ours, 65536)
        except BlockingIOError:
            continue
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    os.close(ours)
    assert b"degraded (camera_lost)" in seen and b"-12.4" in seen and b"\x1b[?25l" in seen


def test_nobody_listening_is_one_sentence_and_1() -> None:
    process = command("--port", "1")
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (1, "")
    assert err == "visaged: Nothing listens at 127.0.0.1:1; check host and port, and whether the MQTT broker runs.\n"


def test_silence_until_the_timeout_is_1(broker: Any) -> None:
    process = command("--port", str(broker.port), "--timeout", "0.3", "--count", "1")
    _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert err == "visaged: 0 of 1 messages came on visaged/+/pose within 0.3 s.\n"


def test_broker_that_goes_away_is_one_sentence_and_1(broker: Any, device: Publisher) -> None:
    process = command("--port", str(broker.port))
    assert process.stdout is not None and process.stdout.readline().startswith("kitchen  status")
    broker.stop()
    _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert len(err.splitlines()) == 1 and "MQTT broker" in err


def test_password_from_a_file(password_broker: Any, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    login = ("--username", "pi", "--password-file", str(tmp_path / "password"))
    process = command("--port", str(password_broker.port), "--timeout", "0.3", *login)
    _, err = process.communicate(timeout=10)
    assert "0 messages came" in err


def test_wrong_password_is_one_sentence_and_1(password_broker: Any) -> None:
    process = command("--port", str(password_broker.port))
    _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert len(err.splitlines()) == 1 and "refused the connection" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--count", "0"],
        ["--timeout", "-1"],
        ["--timeout", "nan"],
        ["--port", "70000"],
        ["--host", ""],
        ["--device", "a/b"],
        ["--topic-root", "#"],
        ["--ca-file", "x"],
        ["--password-file", "/nonexistent", "--username", "a"],
    ],
)
def test_wrong_usage_is_one_sentence_and_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
