"""``visaged remote`` with words, files, brokers and devices that are not in order."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from made.mosquitto import free_port
from made.waiting import eventually
from visaged.cli import main
from visaged.toml import loads


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ((), 2, "name a device"),
        (("cam",), 2, "'' is no action"),
        (("cam", "dance"), 2, "'dance' is no action"),
        (("cam", "set"), 2, "set does not take 0 words"),
        (("cam", "set", "track.faces=1"), 2, "there is no key"),
        (("cam", "set", "track.max_faces=0"), 2, "expected a whole number from 1 to 32"),
        (("cam", "set", "mqtt.host=a"), 2, "may not be set from afar"),
        (("cam", "command", "ping", "[]"), 2, "is a JSON object"),
        (("cam", "command", "ping", "{"), 2, "is not valid JSON"),
        (("cam", "push", "/nowhere.toml"), 2, "cannot be read"),
        (("cam", "command", "#"), 2, "'#' is no name of a command"),
        (("cam", "command", "a/b"), 2, "'a/b' is no name of a command"),
        (("cam", "command", ""), 2, "'' is no name of a command"),
        (("cam", "status", "--timeout", "0"), 2, "must be more than 0"),
        (("cam", "set", "track.max_faces=2", "--timeout", "inf"), 2, "and 86400 at most, not inf"),
        (("cam", "set", "track.max_faces=2", "--timeout", "1e30"), 2, "and 86400 at most, not 1e+30"),
        (("cam", "set", "track.max_faces=2", "--timeout", "nan"), 2, "and 86400 at most, not nan"),
        (("cam", "status", "--sign", "/nowhere.pem"), 1, "cannot be read"),
        (("c+m", "status"), 2, "which has a meaning of its own in topics"),
        (("other", "status"), 1, "nothing of a device called other is known"),
        (("--group", "ships", "status"), 1, "no device that belongs to the group ships is known"),
        (("keygen",), 2, "keygen takes one word"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    remote: Any, device: Any, words: tuple[str, ...], status: int, sentence: str
) -> None:
    cam = device("cam")
    found, lines, err = remote(*words)
    assert (found, lines, cam.wanted) == (status, [], []) and sentence in err and len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"[track]\nfaces = \n", "patch.toml:2:9: this is not valid TOML"),
        (b"# \xe4\n", "patch.toml:1: the text is not UTF-8"),
        (b"[track]\nmax_faces = 0\n", "patch.toml:2: track.max_faces is 0"),
    ],
)
def test_a_file_that_no_device_would_take_is_wrong_usage(
    remote: Any, device: Any, tmp_path: Path, data: bytes, sentence: str
) -> None:
    cam, file = device("cam"), tmp_path / "patch.toml"
    file.write_bytes(data)
    status, lines, err = remote("cam", "push", str(file))
    assert (status, lines, cam.wanted) == (2, [], []) and sentence in err and len(err.splitlines()) == 1


def test_options_may_stand_anywhere(remote: Any, device: Any, capsys: pytest.CaptureFixture[str]) -> None:
    cam = device("cam")
    status, lines, _ = remote("cam", "--json", "set", "--timeout", "20", "track.max_faces=2", "smooth.mode=off")
    assert (status, json.loads(lines[0])["state"]) == (0, "committed")
    assert loads(cam.wanted[-1].decode())["smooth"] == {"mode": "off"}
    with pytest.raises(SystemExit, match="2"):
        remote("cam", "--jsn", "status")
    assert "unrecognized arguments: --jsn status" in capsys.readouterr().err


def test_what_is_retained_and_no_patch_is_said_with_what_replaces_it(remote: Any, device: Any) -> None:
    device("cam", behaves="silent").say("config/desired", b"\xff")
    status, _, err = remote("cam", "set", "track.max_faces=2")
    assert status == 1 and err.count("config/desired") == 1 and "`push` or `clear` replaces it" in err
    assert remote("cam", "clear")[0] == 0


def test_a_broker_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "desk.toml").write_text("")
    arguments = ["remote", "--config", str(tmp_path / "desk.toml"), "--port", str(free_port()), "cam", "status"]
    assert main(arguments) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_broker_that_is_lost_meanwhile_keeps_what_was_sent_which_is_said(
    remote: Any, device: Any, broker: Any
) -> None:
    cam = device("cam", behaves="silent")

    def stop() -> None:
        assert eventually(lambda: cam.wanted)
        time.sleep(0.5)  # the desk knows by then that the broker has it
        broker.stop()

    with ThreadPoolExecutor() as pool:
        pool.submit(stop)
        status, lines, err = remote("cam", "set", "track.max_faces=2", "--timeout", "20")
    version = loads(cam.wanted[0].decode())["version"]
    assert (status, lines) == (1, [])
    assert err.splitlines()[-1].endswith(f"; version {version} stays retained on visaged/cam/config/desired")


def test_what_a_device_says_cannot_steer_the_terminal(remote: Any, device: Any) -> None:
    device("cam").say("status", {"state": "degraded", "reason": "\x1b[2Jbad\n"})
    assert remote("cam", "status")[1] == ["cam: degraded (?[2Jbad?); configuration local"]
