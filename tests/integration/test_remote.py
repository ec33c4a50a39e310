"""A daemon that is configured from afar: what it takes, what it tries, what it takes back, and what it says."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from made.camera import http_camera
from made.remote import DESIRED, EVENT, INFO, POSE, REPORTED, SHORT_TRIAL_S, SLOW_S, STATUS
from made.waiting import eventually
from made.wishes import failing
from visaged.mqtt.codec import decode
from visaged.remote.inbox import GAP_S

GATES = ("frames", "camera", "broker", "fps", "latency")


def test_a_patch_is_tried_and_kept(configured: Any) -> None:
    one = configured()
    assert one.comes_to(state="local", version=None)
    one.desire("version = 1\n[detect]\ninterval = 7\n")
    assert one.comes_to(state="trial", version=1), one.daemon.err
    assert one.reported["keys"] == {"detect.interval": {"state": "applied", "reason": None}}
    assert decode(one.listener.of(INFO)[-1])["tuning"]["detect_interval"] == 7
    assert one.comes_to(state="committed"), one.daemon.err
    first, *_, last = gates(one)
    assert first == {} and {name: gate["state"] for name, gate in last.items()} == dict.fromkeys(GATES, "open")
    assert last["fps"]["now"] > 0 and last["fps"]["before"] > 0 and last["latency"]["now_ms"] > 0
    told = [("config_applied", 1, "trial"), ("config_applied", 1, "committed")]
    assert eventually(lambda: one.events() == told), one.events()
    assert one.reported["effective"]["detect.interval"] == {"value": 7, "layer": "remote", "where": "desired:3"}

    one.daemon.end()
    one.begin()
    assert one.comes_to(state="committed", version=1)
    assert decode(one.listener.of(INFO)[-1])["tuning"]["detect_interval"] == 7

    one.desire("")
    assert one.comes_to(state="local", version=None)
    assert eventually(lambda: decode(one.listener.of(INFO)[-1])["tuning"]["detect_interval"] == 30)


def test_a_patch_that_fails_is_taken_back_and_not_tried_again(configured: Any) -> None:
    one = configured()
    one.desire(failing(1))
    assert one.comes_to(state="reverted", version=None), one.daemon.err
    assert one.reported["rejected"]["reason"].startswith("frames: no frame came for ")
    assert eventually(lambda: ("config_reverted", 1, None) in one.events())
    count = len(one.listener.of(POSE))
    assert eventually(lambda: len(one.listener.of(POSE)) > count + 5, SLOW_S)
    assert eventually(lambda: decode(one.listener.of(STATUS)[-1])["state"] == "online")
    one.daemon.end()
    one.begin()
    assert one.comes_to(state="reverted", version=None)


def test_a_file_that_is_not_there_is_not_even_tried(configured: Any, tmp_path: Path) -> None:
    one = configured()
    one.ask(f'source.uri = "{tmp_path}/state/missing.avi"')
    assert one.comes_to(state="rejected"), one.daemon.err
    assert "there is no video, folder or camera" in one.reported["rejected"]["reason"]


def gates(one: Any) -> list[dict[str, Any]]:
    """Those of each report in which something is on trial."""
    trials = (decode(told)["trial"] for told in one.listener.of(REPORTED))
    return [trial["gates"] for trial in trials if trial]


def test_a_kill_during_the_trial_takes_it_back(configured: Any) -> None:
    one = configured()
    one.desire("version = 1\n[detect]\ninterval = 7\n")
    assert one.comes_to(state="committed")
    one.desire("version = 2\n[detect]\ninterval = 8\n[smooth]\nraw = true\n")
    assert one.comes_to(state="trial", version=2)
    one.daemon.end(signal.SIGKILL)
    one.begin()
    assert one.comes_to(state="reverted", version=1), one.reported
    assert one.reported["rejected"]["version"] == 2 and "power went down" in one.reported["rejected"]["reason"]
    assert decode(one.listener.of(INFO)[-1])["tuning"]["detect_interval"] == 7
    time.sleep(1.0)  # in which the broker hands over the retained patch again
    assert one.reported["state"] == "reverted"


def test_an_end_in_order_during_the_trial_is_no_verdict(configured: Any) -> None:
    one = configured()
    one.desire("version = 1\n[detect]\ninterval = 7\n")
    assert one.comes_to(state="trial")
    one.daemon.end()
    one.begin()
    assert one.comes_to(state="committed", version=1)


def test_what_waits_for_the_first_frames_is_pending(configured: Any) -> None:
    one = configured(trial_s=SHORT_TRIAL_S)
    one.daemon.end()
    one.desire("version = 1\n[detect]\ninterval = 7\n")
    told = len(one.listener.of(REPORTED))
    one.begin_only()
    assert one.comes_to(state="committed", version=1), one.daemon.err
    waiting = [decode(payload) for payload in one.listener.of(REPORTED)[told:]]
    (first,) = [report for report in waiting if report["waiting"]]
    assert (first["waiting"]["version"], first["version"], first["state"]) == (1, None, "local")
    assert first["keys"]["detect.interval"]["state"] == "pending" and "frames" in first["waiting"]["reason"]
    assert first["effective"]["detect.interval"]["value"] == 30 and one.reported["waiting"] is None


@pytest.mark.parametrize(
    ("lines", "state"), [("detect.interval = 0", "rejected"), ('source.uri = "/dev/video99"', "reverted")]
)
def test_a_patch_that_is_not_in_force_can_be_cleared(lasting: Any, lines: str, state: str) -> None:
    lasting.ask(lines)
    assert lasting.comes_to(state=state)
    lasting.desire("")
    assert lasting.comes_to(state="local", rejected=None)


def test_a_wrong_patch_changes_nothing_and_is_told_key_by_key(lasting: Any) -> None:
    one, before = lasting, lasting.reported["counters"]
    version = one.ask("[detect]\ninterval = 7\nsise = 3\n[mqtt]\nhost = 'evil'")
    assert one.comes_to(state="rejected", version=None)
    told = one.reported
    assert {path: key["state"] for path, key in told["keys"].items()} == {
        "detect.sise": "rejected",
        "mqtt.host": "rejected",
    }
    assert [error["line"] for error in told["errors"]] == [4, 6]
    assert "did you mean detect.size?" in told["keys"]["detect.sise"]["reason"]
    assert told["rejected"]["version"] is None and told["counters"]["rejected"] == before["rejected"] + 1
    assert told["effective"]["detect.interval"]["value"] == 30
    one.desire(f"version = {version}\n[detect]\ninterval = 7\n")
    assert one.comes_to(state="committed", version=version)
    one.desire(f"version = {version}\n[detect]\ninterval = 9\n")
    assert one.comes_to(state="rejected", version=version)
    assert one.reported["effective"]["detect.interval"]["value"] == 7
    if version > 1:
        one.desire(f"version = {version - 1}\n[detect]\ninterval = 9\n")
        assert eventually(lambda: one.reported["counters"]["replayed"] == before["replayed"] + 2)


@pytest.mark.real_machine
def test_a_live_key_loses_no_frame_and_a_stage_restarts_by_itself(lasting: Any, capsys: Any) -> None:
    one, first = lasting, len(lasting.listener.of(POSE))
    told: dict[str, tuple[float, float]] = {}
    cases = {
        "live": "detect.interval = 7",
        "source": "source.retry_max_s = 9.0",
        "vision": "detect.size = 256",
        "snapshot": "snapshot.queue = 5",
        "mqtt": "mqtt.keepalive_s = 29",
    }
    for name, line in cases.items():
        time.sleep(GAP_S)  # what comes sooner after another one waits
        before, asked = len(one.listener.of(EVENT)), time.monotonic()
        version = one.ask(line)
        applied = one.when_event("config_applied", before)
        assert one.comes_to(state="committed", version=version), one.reported
        told[name] = applied - asked, one.longest_gap(asked)
    with capsys.disabled():
        figures = ", ".join(
            f"{name} {took * 1000:.0f} ms, gap {gap * 1000:.0f} ms" for name, (took, gap) in told.items()
        )
        print(f"\napplied after, longest without a frame: {figures}")
    assert told["live"][0] < 3.0  # 0.1 on a machine of its own
    assert all(gap < 3.0 for _, gap in told.values())  # 1.5 there
    poses = [decode(payload) for payload in one.listener.of(POSE)[first:]]
    assert len({pose["boot_id"] for pose in poses}) == 1
    numbers = [pose["seq"] for pose in poses]
    before_mqtt = numbers[: len(numbers) // 2]
    assert before_mqtt == list(range(before_mqtt[0], before_mqtt[0] + len(before_mqtt)))


def test_what_fails_is_taken_back_soon(lasting: Any, capsys: Any) -> None:
    one = lasting
    before, asked = len(one.listener.of(EVENT)), time.monotonic()
    one.ask('[source]\nuri = "/dev/video99"')
    lost = one.when_event("camera_lost", before)
    reverted = one.when_event("config_reverted", before)
    assert one.comes_to(state="reverted")
    with capsys.disabled():
        print(
            f"\ntaken back {reverted - lost:.2f} s after the camera was lost, {reverted - asked:.2f} s after the patch"
        )
    assert "failed" in {gate["state"] for gate in gates(one)[-1].values()}
    assert "camera" in one.reported["rejected"]["reason"] or "frames" in one.reported["rejected"]["reason"]
    assert eventually(lambda: decode(one.listener.of(STATUS)[-1])["state"] == "online", SLOW_S)


def test_a_camera_that_is_slow_to_open_is_waited_for(configured: Any) -> None:
    one = configured(trial_s=8.0)
    with http_camera() as address:
        one.desire(f'version = 1\n[source]\nuri = "{address}/slow"\n')
        assert one.has_said(state="trial"), one.daemon.err
        assert eventually(lambda: one.reported["state"] != "trial", SLOW_S)
        assert (one.reported["state"], one.reported["rejected"]) == ("committed", None)


def test_no_secret_is_told(lasting: Any) -> None:
    one = lasting
    one.ask('[source]\nuri = "rtsp://user:CANARY@127.0.0.1:9/x?password=CANARY"\nwidth = "http://a:CANARY@b"')
    assert one.comes_to(state="rejected")
    one.ask('[source]\nuri = "rtsp://user:CANARY@127.0.0.1:9/x?password=CANARY"')
    assert one.comes_to(state="reverted")
    everything = b"".join(bytes(message.payload) for message in one.listener.messages if message.topic != DESIRED)
    assert b"CANARY" not in everything
    assert "CANARY" not in one.daemon.err


def test_nonsense_is_rejected_and_frames_flow(configured: Any) -> None:
    one = configured()
    for count, data in enumerate(NONSENSE, start=1):
        one.desire(data)
        assert eventually(lambda: one.reported["counters"]["rejected"] == count), one.daemon.err  # noqa: B023
    for _ in range(300):
        one.desire(b"\xff" * 1000)
    count = len(one.listener.of(POSE))
    assert eventually(lambda: len(one.listener.of(POSE)) > count + 25)
    assert one.reported["counters"]["rejected"] < 100
    assert "Traceback" not in one.daemon.err


NONSENSE = [b"\xff" * 40_000, b"[" * 30_000, b"a." * 15_000 + b"b = 1", b"version = " + b"9" * 30_000]
