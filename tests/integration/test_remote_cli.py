"""``visaged remote`` over a real broker, with devices that answer as the daemon does."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.publish import multiple

from made.waiting import eventually
from visaged.toml import loads


def test_a_value_is_set_and_its_way_told(remote: Any, device: Any) -> None:
    cam = device("cam")
    status, lines, err = remote("cam", "set", "track.max_faces=2", "smooth.mode=off", "--json")
    assert (status, json.loads(lines[0])["state"]) == (0, "committed"), err
    patch = loads(cam.wanted[-1].decode())
    assert patch.pop("version") == json.loads(lines[0])["version"] and patch.pop("target") == "cam"
    assert patch == {"track": {"max_faces": 2}, "smooth": {"mode": "off"}}
    assert "cam: trial" in err and "cam: committed" in err


def test_setting_one_key_keeps_the_others_and_raises_the_version(remote: Any, device: Any) -> None:
    cam = device("cam")
    remote("cam", "set", "track.max_faces=2", "smooth.mode=off")
    remote("cam", "set", "track.max_faces=3")
    first, second = (loads(data.decode()) for data in cam.wanted[-2:])
    assert second["track"] == {"max_faces": 3} and second["smooth"] == {"mode": "off"}
    assert second["version"] > first["version"]
    assert remote("cam", "unset", "smooth.mode")[0] == 0
    assert "smooth" not in loads(cam.wanted[-1].decode())
    status, _, err = remote("cam", "unset", "smooth.mode")
    assert status == 1 and err.splitlines()[-1] == "visaged: smooth.mode is not set from afar for cam"


@pytest.mark.parametrize(
    ("behaves", "reason"), [("rejected", "it contradicts what is here"), ("reverted", "frames stopped")]
)
def test_what_is_not_kept_ends_with_1_and_says_why(remote: Any, device: Any, behaves: str, reason: str) -> None:
    device("cam", behaves=behaves)
    status, lines, _ = remote("cam", "set", "track.max_faces=2")
    assert status == 1 and lines[0].startswith(f"cam: {behaves} version ") and lines[0].endswith(f": {reason}")


def test_what_failed_is_not_asked_for_again_unawares(remote: Any, device: Any) -> None:
    cam = device("cam", behaves="reverted")
    remote("cam", "set", "source.uri=rtsp://nowhere/", "smooth.mode=off")
    status, lines, err = remote("cam", "set", "track.max_faces=2")
    assert (status, lines) == (1, []) and len(cam.wanted) == 1
    assert "already (source.uri, smooth.mode) was reverted: frames stopped; set what is wrong anew, `unset` it" in err
    remote("cam", "unset", "source.uri")
    assert loads(cam.wanted[-1].decode())["smooth"] == {"mode": "off"} and len(cam.wanted) == 2
    remote("cam", "set", "smooth.mode=all")
    assert loads(cam.wanted[-1].decode())["smooth"] == {"mode": "all"} and len(cam.wanted) == 3


@pytest.mark.parametrize("behaves", ["rejected", "reverted"])
def test_what_failed_is_mended_by_setting_one_of_its_keys_anew(remote: Any, device: Any, behaves: str) -> None:
    cam = device("cam", behaves=behaves)
    remote("cam", "set", "smooth.raw=true", "smooth.mode=off")
    _, _, err = remote("cam", "set", "track.max_faces=2")
    assert len(cam.wanted) == 1 and "and kept" not in err
    status, lines, err = remote("cam", "set", "smooth.mode=pose")
    assert status == 1 and lines[0].startswith(f"cam: {behaves} version ") and "and kept: smooth.raw" in err
    assert loads(cam.wanted[-1].decode())["smooth"] == {"raw": True, "mode": "pose"}


def test_a_version_far_beyond_the_next_is_warned_of_before_all_later_ones_must_be_so(
    remote: Any, device: Any, tmp_path: Path
) -> None:
    cam = device("cam")
    file = tmp_path / "patch.toml"
    file.write_text("version = 202611231200\n")
    assert "version 202611231200 is far beyond" in remote("cam", "push", str(file))[2]
    assert remote("cam", "set", "track.max_faces=2")[0] == 0
    assert loads(cam.wanted[-1].decode())["version"] == 202611231201
    file.write_text("version = 202611231300\n")
    status, _, err = remote("cam", "push", str(file))
    assert status == 0 and "far beyond" not in err


def test_a_device_that_says_nothing_is_waited_for_no_longer_than_asked(remote: Any, device: Any) -> None:
    device("cam", behaves="silent")
    status, lines, _ = remote("cam", "set", "track.max_faces=2", "--timeout", "0.5")
    assert status == 1 and lines[0].endswith("nothing was heard of it within 0.5 s")


def test_a_device_that_has_not_tried_it_yet_says_why(remote: Any, device: Any) -> None:
    device("cam", behaves="waiting")
    status, lines, _ = remote("cam", "set", "track.max_faces=2", "--timeout", "0.5")
    assert status == 1 and lines[0].startswith("cam: waiting version ")
    assert lines[0].endswith(": still waiting after 0.5 s: no frames yet")


@pytest.mark.parametrize("behaves", ["testing", "waiting"])
def test_a_patch_that_another_has_replaced_is_not_waited_for(remote: Any, device: Any, behaves: str) -> None:
    cam = device("cam", behaves=behaves)
    with ThreadPoolExecutor() as pool:
        other = pool.submit(
            lambda: eventually(lambda: cam.wanted) and cam.say("config/desired", b"version = 2000000000\n")
        )
        status, lines, _ = remote("cam", "set", "track.max_faces=2", "--timeout", "20")
        other.result()
    assert status == 1 and lines[0].startswith("cam: replaced version ")
    assert lines[0].endswith(": version 2000000000 came after it")


def test_a_file_is_pushed_and_what_was_wanted_is_cleared(remote: Any, device: Any, tmp_path: Path) -> None:
    cam = device("cam")
    file = tmp_path / "patch.toml"
    file.write_text("# for the summer\n[track]\nmax_faces = 1\n")
    assert remote("cam", "push", str(file))[0] == 0
    assert loads(cam.wanted[-1].decode())["track"] == {"max_faces": 1} and b"# for the summer" in cam.wanted[-1]
    status, lines, _ = remote("cam", "clear")
    assert (status, lines) == (0, ["cam: cleared"])
    assert cam.wanted[-1] == b""


@pytest.mark.parametrize("head", ["version = 1\n", "version = {tried}\n", 'target = "hall"\n'])
@pytest.mark.parametrize("whom", [("cam",), ("--group", "lorries")])
def test_a_file_that_every_device_would_refuse_does_not_take_the_place_of_what_is_good(
    remote: Any, device: Any, tmp_path: Path, head: str, whom: tuple[str, ...]
) -> None:
    cam, file = device("cam", ("lorries",)), tmp_path / "patch.toml"
    file.write_text("[track]\nmax_faces = 1\n")
    assert remote(*whom, "push", str(file))[0] == 0
    file.write_text(head.format(tried=loads(cam.wanted[0].decode())["version"]))
    status, lines, err = remote(*whom, "push", str(file))
    assert (status, lines, len(cam.wanted)) == (2, [], 1) and "would refuse it" in err and len(err.splitlines()) == 1


def test_a_file_may_be_pushed_again_and_where_only_some_devices_would_refuse_it(
    remote: Any, device: Any, tmp_path: Path
) -> None:
    device("cam1", ("lorries",))
    file = tmp_path / "patch.toml"
    file.write_text("version = 7\n")
    for _ in range(2):
        assert remote("--group", "lorries", "push", str(file))[:2] == (0, ["cam1: committed version 7"])
    device("cam2", ("lorries",), behaves="silent")
    file.write_text("version = 6\n")
    assert len(remote("--group", "lorries", "push", str(file), "--timeout", "0.5")[1]) == 2


def test_a_device_that_cannot_be_cleared_is_not_said_to_be(remote: Any, device: Any) -> None:
    device("cam", behaves="stubborn")
    remote("cam", "set", "track.max_faces=2")
    for _ in range(2):
        assert remote("cam", "clear")[:2] == (1, ["cam: rejected: not without it"])


def test_who_is_away_hears_later_that_nothing_is_wanted_any_more(
    remote: Any, device: Any, broker: Any, listen: Any
) -> None:
    cam = device("cam")
    cam.say("status", {"state": "offline", "reason": "connection lost"})
    cam.close()
    assert remote("cam", "clear", "--timeout", "0.2")[0] == 1
    desired = listen(broker, "visaged/cam/config/desired")
    assert eventually(lambda: desired.messages)
    assert set(loads(desired.messages[0].payload.decode())) == {"version", "target"}


def test_who_heeds_nothing_from_afar_hears_later_that_nothing_is_wanted_any_more(remote: Any, device: Any) -> None:
    cam = device("cam", behaves="silent")
    cam.report("disabled", None)
    status, lines, _ = remote("cam", "clear")
    assert status == 1 and lines[0].endswith("remote.enabled is false on the device")
    assert eventually(lambda: cam.wanted) and set(loads(cam.wanted[-1].decode())) == {"version", "target"}


def test_every_device_of_a_group_has_a_line_and_those_that_are_away_are_not_waited_for(
    remote: Any, device: Any
) -> None:
    device("cam1", ("lorries",))
    device("cam2", ("lorries", "ships"), behaves="reverted")
    away = device("cam3", ("lorries",))
    away.say("status", {"state": "offline", "reason": "connection lost"})
    away.close()
    device("cam4", ("ships",))
    status, lines, _ = remote("--group", "lorries", "set", "track.max_faces=2")
    assert status == 1 and [line.split(" version ")[0] for line in lines] == [
        "cam1: committed",
        "cam2: reverted",
        "cam3: offline",
    ]


def test_a_patch_for_a_group_that_is_hidden_behind_a_device_s_own_is_in_force_all_the_same(
    remote: Any, device: Any, tmp_path: Path
) -> None:
    file = tmp_path / "patch.toml"
    file.write_bytes(b'version = 7\ntarget = "group/lorries"\n')
    own = {"version": 8, "hash": "another", "state": "committed", "tried": 8}
    mine = {"version": 7, "hash": sha256(file.read_bytes()).hexdigest(), "hidden": {"track.max_faces": "device"}}
    cam = device("cam", ("lorries",), behaves="silent")
    cam.say(
        "config/reported", {**own, "origin": "device", "origins": {"group/lorries": {**own, **mine}, "device": own}}
    )
    status, lines, _ = remote("--group", "lorries", "push", str(file))
    assert (status, lines) == (0, ["cam: committed version 7: track.max_faces: device wins"])


def test_of_a_large_group_and_over_a_slow_connection_nobody_and_nothing_is_missed(
    remote: Any, broker: Any, free_port_broker: Any
) -> None:
    names = [f"cam{number:03}" for number in range(250)]
    said = {
        "status": {"state": "offline"},
        "info": {"groups": ["lorries"]},
        "config/reported": {"v": 1, "x": "x" * 700},
    }
    messages = {f"visaged/{name}/{topic}": json.dumps(about) for name in names for topic, about in said.items()}
    messages["visaged/group/lorries/config/desired"] = "version = 7\n[track]\nmax_faces = 1\n"
    multiple([(topic, text, 1, True) for topic, text in messages.items()], broker.host, broker.port)
    free_port_broker.open_to(broker, portion=40_000, pause_s=0.35)
    _, lines, err = remote("--group", "lorries", "set", "smooth.mode=off", port=free_port_broker.port)
    assert [line.partition(":")[0] for line in lines] == names and "kept: track.max_faces" in err


def test_status_and_configuration_of_a_device_are_shown(remote: Any, device: Any) -> None:
    device("cam", ("lorries",))
    assert remote("cam", "status")[1] == ["cam: online; configuration local"]
    told = json.loads(remote("cam", "status", "--json")[1][0])
    assert (told["status"]["state"], told["groups"], told["config"]["state"]) == ("online", ["lorries"], "local")
    assert remote("cam", "get", "track.max_faces")[1] == ["cam: track.max_faces = 4  # default"]
    assert remote("cam", "get", "track.faces")[0] == 1
    silent = device("aaa", ("lorries",))
    silent.say("config/reported", {})
    status, lines, err = remote("--group", "lorries", "get", "track.max_faces")
    assert (status, lines) == (1, ["cam: track.max_faces = 4  # default"])
    assert "aaa has not reported its configuration" in err


def test_status_says_what_is_not_in_force_with_its_version_where_it_has_one(remote: Any, device: Any) -> None:
    cam = device("cam")
    cam.report("rejected", None, {"version": None, "origin": "device", "reason": "no TOML"})
    assert remote("cam", "status")[1] == [
        "cam: online; configuration rejected; what came last is not in force: no TOML"
    ]
    cam.report("rejected", None, {"version": 7, "origin": "device", "reason": "no"})
    assert remote("cam", "status")[1] == ["cam: online; configuration rejected; version 7 is not in force: no"]


def test_a_command_is_answered_and_a_refusal_ends_with_1(remote: Any, device: Any) -> None:
    device("cam")
    assert remote("cam", "command", "ping")[:2] == (0, ["cam: ok"])
    status, lines, _ = remote("cam", "command", "log-level", '{"level": "debug"}')
    assert (status, lines) == (1, ["cam: not_permitted: no"])


def test_a_command_that_was_lost_is_sent_again_with_its_id_but_never_restart(
    remote: Any, device: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visaged.desk.office.AGAIN_S", 0.3)
    cam = device("cam", behaves="slow")
    assert remote("cam", "command", "ping")[0] == 0
    assert len(cam.asked) == 2 and cam.asked[0] == cam.asked[1]
    other = device("other", behaves="silent")
    assert remote("other", "command", "restart", "--timeout", "1")[:2] == (1, ["other: no answer"])
    assert len(other.asked) == 1


def test_who_is_away_for_a_moment_over_a_command_is_waited_for_but_not_who_has_left(
    remote: Any, device: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    device("cam", behaves="reconnecting")
    assert remote("cam", "command", "ping")[:2] == (0, ["cam: ok"])
    monkeypatch.setattr("visaged.desk.office.AGAIN_S", 0.3)
    device("other", behaves="leaving")
    began = time.monotonic()
    assert remote("other", "command", "ping", "--timeout", "60")[:2] == (1, ["other: no answer; it is stopped"])
    assert remote("other", "command", "ping", "--timeout", "60")[:2] == (1, ["other: no answer; it is stopped"])
    assert time.monotonic() - began < 10
