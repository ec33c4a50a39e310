"""``visaged run`` that is told by SIGHUP to read its configuration again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_video
from made.waiting import eventually
from visaged.mqtt.codec import decode

STATUS, EVENT, INFO, LANDMARKS = (f"visaged/cam/{name}" for name in ("status", "event", "info", "landmarks"))
SLOW_S = 60.0
"""A model takes its time to open on a busy machine."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("v") / "film.avi", 25, [True] * 25)


@pytest.fixture
def reloadable(broker: Any, listen: Any, daemon: Any, film: Path, tmp_path: Path) -> Callable[[], Any]:
    """``start()``: a daemon with poses flowing, its listener, and ``say(text)`` that changes its configuration."""
    file = tmp_path / "visaged.toml"
    source = f'[source]\nuri = "{film}"\nloop = true\n'

    def start() -> Any:
        file.write_text(source)
        listener = listen(broker)
        one = daemon(broker.port, "--config", str(file))
        assert eventually(lambda: len(listener.of("visaged/cam/pose")) > 3, SLOW_S), one.err

        def say(text: str) -> None:
            file.write_text(source + text)
            one.hang_up()

        return one, listener, say

    return start


def events(listener: Any) -> list[dict[str, Any]]:
    """The events of the configuration, oldest first."""
    found = [decode(payload) for payload in listener.of(EVENT)]
    return [event for event in found if event["event"].startswith("config_")]


def test_a_change_is_applied_without_leaving_the_broker(reloadable: Any) -> None:
    one, listener, say = reloadable()
    assert listener.of(LANDMARKS) == []
    say("[mqtt]\nlandmarks = true\n")
    assert eventually(lambda: len(listener.of(LANDMARKS)) > 3, SLOW_S), one.err
    assert [event["event"] for event in events(listener)] == ["config_applied"]
    assert eventually(lambda: decode(listener.of(STATUS)[-1])["state"] == "online")
    assert one.err.count("Connected to the MQTT broker") == 1
    assert "stopped" not in {decode(payload)["state"] for payload in listener.of(STATUS)}


def test_a_key_that_applies_live_interrupts_nothing(reloadable: Any) -> None:
    _, listener, say = reloadable()
    say("[detect]\ninterval = 7\n")
    assert eventually(lambda: decode(listener.of(INFO)[-1])["tuning"]["detect_interval"] == 7, SLOW_S)
    count = len(poses(listener))
    assert eventually(lambda: len(poses(listener)) > count + 5)
    assert [pose["seq"] for pose in poses(listener)] == list(range(len(poses(listener))))
    assert len(boots(listener)) == 1
    assert {face["id"] for pose in poses(listener) for face in pose["faces"]} == {1}


def test_another_source_leaves_the_networks_alone(reloadable: Any) -> None:
    _, listener, say = reloadable()
    say("fps = 12.0\n[model]\n")
    assert eventually(lambda: events(listener), SLOW_S)
    count = len(poses(listener))
    assert eventually(lambda: len(poses(listener)) > count + 5)
    assert len(boots(listener)) == 1
    assert eventually(lambda: decode(listener.of(STATUS)[-1])["state"] == "online")


def poses(listener: Any) -> list[dict[str, Any]]:
    """So far, oldest first."""
    return [decode(payload) for payload in listener.of("visaged/cam/pose")]


def boots(listener: Any) -> set[str]:
    """The boot ids in the poses so far."""
    return {decode(payload)["boot_id"] for payload in listener.of("visaged/cam/pose")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[detect]\ninterval = 0\n", "visaged.toml:5: detect.interval is 0; expected"),
        ("[model]\n[", "this is not valid TOML"),
        ('[mqtt]\nusername = "pi"\npassword_file = "/nowhere"\n', "The password file /nowhere cannot be read"),
    ],
)
def test_what_is_wrong_is_rejected_and_changes_nothing_else(reloadable: Any, text: str, said: str) -> None:
    one, listener, say = reloadable()
    say(text)
    assert eventually(lambda: events(listener), SLOW_S), one.err
    (event,) = events(listener)
    assert event["event"] == "config_rejected" and said in event["error"]
    assert eventually(lambda: decode(listener.of(STATUS)[-1])["state"] == "degraded")
    assert said in decode(listener.of(STATUS)[-1])["reason"]
    count = len(listener.of("visaged/cam/pose"))
    assert eventually(lambda: len(listener.of("visaged/cam/pose")) > count + 5)
    assert len(boots(listener)) == 1 and said in one.err and "Traceback" not in one.err

    say("")
    assert eventually(lambda: decode(listener.of(STATUS)[-1])["state"] == "online", SLOW_S)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('uri = "sinthetic"', "there is no video, folder or camera sinthetic"),
        ('uri = "rtps://cam/"', "a.toml:2: source.uri: cannot read rtps://cam/; addresses begin with rtsp://"),
        ('uri = "http://cam/"\ngain = 2.0', "a.toml:2, "),
    ],
)
def test_a_source_that_cannot_be_is_rejected_and_the_one_before_goes_on(
    reloadable: Any, tmp_path: Path, text: str, said: str
) -> None:
    one, listener, say = reloadable()
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "a.toml").write_text(f"[source]\n{text}\n")
    say("")
    assert eventually(lambda: events(listener), SLOW_S), one.err
    (event,) = events(listener)
    assert event["event"] == "config_rejected" and said in event["error"]
    count = len(poses(listener))
    assert eventually(lambda: len(poses(listener)) > count + 5) and len(boots(listener)) == 1


def test_another_identity_is_a_new_connection_and_leaves_a_last_word(reloadable: Any) -> None:
    one, listener, say = reloadable()
    say('[mqtt]\nclient_id = "another"\n')
    assert eventually(lambda: one.err.count("Connected to the MQTT broker") == 2, SLOW_S), one.err
    assert eventually(lambda: decode(listener.of(STATUS)[-1])["state"] == "online", SLOW_S)
    told = [decode(payload) for payload in listener.of(STATUS)]
    assert ("stopped", "the configuration has changed") in [(status["state"], status["reason"]) for status in told]


def test_a_signal_to_end_comes_through_during_a_change(reloadable: Any) -> None:
    one, listener, say = reloadable()
    for number in range(3):
        say(f"[detect]\ninterval = {number + 2}\n")
    one.end()
    assert (one.wait(), len(one.sentences)) == (0, 1)
    assert eventually(lambda: decode(listener.of(STATUS)[-1])["state"] == "stopped")
