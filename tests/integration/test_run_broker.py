"""``visaged run`` and brokers that die, hang, refuse, or are not there."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.daemon import Daemon
from made.pictures import write_video
from made.waiting import eventually
from visaged.mqtt.codec import decode

ROOT = "visaged/cam"
HEALTH = {"v", "utc", "fps_in", "fps_out", "skipped", "latency_ms", "rss_mb", "temperature_c", "throttled"}
HEALTH |= {"broker", "commands", "throttling"}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a face."""
    return write_video(tmp_path_factory.mktemp("v") / "film.avi", 50, [True] * 100)


@pytest.fixture
def looped(daemon: Callable[..., Daemon], film: Path) -> Callable[..., Daemon]:
    """``looped(port, **settings)``: a daemon that plays the film over and over at its own rate."""
    return lambda port, **settings: daemon(port, "--source", str(film), "--loop", **settings)


def states(listener: Any) -> list[str]:
    """The states published on the status topic, oldest first."""
    return [decode(payload)["state"] for payload in listener.of(f"{ROOT}/status")]


def poses(listener: Any) -> int:
    """How many poses have come."""
    return len(listener.of(f"{ROOT}/pose"))


def test_kill_9_leaves_the_last_will_retained(broker: Any, listen: Any, looped: Any) -> None:
    listener = listen(broker)
    one = looped(broker.port)
    assert eventually(lambda: poses(listener) > 5), one.err
    one.end(signal.SIGKILL)
    assert eventually(lambda: states(listener)[-1] == "offline")
    late = listen(broker, f"{ROOT}/status")
    assert eventually(lambda: late.messages) and late.messages[0].retain
    assert decode(late.messages[0].payload) == {"state": "offline", "reason": "connection lost", "since": None}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_stopped_and_0(broker: Any, listen: Any, looped: Any, how: signal.Signals) -> None:
    listener = listen(broker)
    one = looped(broker.port)
    assert eventually(lambda: poses(listener) > 5), one.err
    assert one.end(how) < 2
    assert (one.wait(), one.out, len(one.sentences)) == (0, "", 1)
    time.sleep(0.1)  # were there a last will, it would be here by now
    last = decode(listener.of(f"{ROOT}/status")[-1])
    assert (last["state"], last["reason"]) == ("stopped", f"received {how.name}")


@pytest.mark.parametrize("pace", ["fast", "realtime"])
def test_a_broker_that_hangs_does_not_hold_up_the_end(
    broker: Any, listen: Any, daemon: Any, film: Path, pace: str
) -> None:
    listener = listen(broker)
    one = daemon(broker.port, "--source", str(film), "--loop", "--pace", pace)
    assert eventually(lambda: poses(listener) > 5), one.err
    broker.pause()
    time.sleep(0.5)  # so that the messages that wait fill every buffer
    assert one.end() < 2
    assert (one.wait(), len(one.sentences)) == (0, 1)


def test_after_a_restart_of_the_broker_poses_flow_and_the_lost_ones_are_counted(
    broker: Any, listen: Any, looped: Any
) -> None:
    before = listen(broker)
    one = looped(broker.port, mqtt__health_interval_s=0.2)
    assert eventually(lambda: poses(before) > 5), one.err
    broker.stop()
    time.sleep(0.5)
    broker.start()
    after = listen(broker)
    assert eventually(lambda: poses(after) > 5), one.err
    assert eventually(lambda: after.of(f"{ROOT}/health"))
    assert states(after) == ["online"] and len(after.of(f"{ROOT}/info")) == 1
    health = decode(after.of(f"{ROOT}/health")[-1])
    assert health["broker"]["reconnects"] == 1 and health["broker"]["dropped"] > 5
    assert one.end() < 2
    assert eventually(lambda: states(after)[-1] == "stopped")


@pytest.mark.real_machine
def test_health_arrives_with_rates_latencies_and_memory(broker: Any, listen: Any, looped: Any) -> None:
    listener = listen(broker)
    one = looped(broker.port, mqtt__health_interval_s=0.5)
    assert eventually(lambda: len(listener.of(f"{ROOT}/health")) >= 3), one.err
    health = decode(listener.of(f"{ROOT}/health")[-1])
    assert set(health) == HEALTH
    assert health["fps_in"] == pytest.approx(50, rel=0.3) and health["fps_out"] <= health["fps_in"]
    assert set(health["latency_ms"]) == {"wait", "vision", "publish", "total"}
    assert all(list(stage) == ["p50", "p95", "p99"] for stage in health["latency_ms"].values())
    assert health["latency_ms"]["vision"]["p50"] <= health["latency_ms"]["total"]["p99"]
    assert 10 < health["rss_mb"] < 1000
    assert health["broker"] == {
        "reconnects": 0,
        "dropped": 0,
        "dropped_events": 0,
        "left_out": 0,
        "queue": pytest.approx(0, abs=2),
    }


def test_a_refused_password_is_said_once_and_the_daemon_goes_on(
    password_broker: Any, looped: Any, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")
    secret.chmod(0o600)
    one = looped(password_broker.port, mqtt__username="pi", mqtt__password_file=str(secret))
    assert eventually(lambda: one.warnings), one.err
    time.sleep(0.5)
    assert one.running
    (warning,) = one.warnings
    assert "refused the connection" in warning and "hunter2" not in one.err
    assert one.end() < 2
    assert one.wait() == 0


def test_the_right_password_is_let_in(password_broker: Any, listen: Any, looped: Any, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("secret\n")
    listener = listen(password_broker, username="pi", password="secret")
    one = looped(password_broker.port, mqtt__username="pi", mqtt__password_file=str(secret))
    assert eventually(lambda: poses(listener) > 0), one.err


def test_a_file_played_to_no_broker_ends_with_1_and_one_sentence(daemon: Any, film: Path) -> None:
    one = daemon(1, "--source", str(film), "--pace", "fast", "--max-frames", "10", mqtt__connect_timeout_s=0.2)
    assert (one.wait(), one.out) == (1, "")
    (sentence,) = one.sentences
    assert sentence.startswith("visaged: none of the 10 frames reached a broker: Nothing listens at 127.0.0.1:1; ")


def test_a_broker_that_dies_during_a_film_does_not_make_it_a_failure(
    broker: Any, listen: Any, daemon: Any, film: Path
) -> None:
    listener = listen(broker)
    one = daemon(broker.port, "--source", str(film), "--max-frames", "60")
    assert eventually(lambda: poses(listener) > 5), one.err
    broker.kill()
    assert one.wait() == 0
    assert int(re.search(r"(\d+) messages dropped", one.err)[1]) > 0  # type: ignore[index]  # a miss fails the test


def test_tls_with_the_right_authority_publishes(make_tls_broker: Any, authority: Any, daemon: Any, film: Path) -> None:
    broker = make_tls_broker(authority.server("run", "IP:127.0.0.1"))
    settings = {"mqtt__tls": "true", "mqtt__tls_ca_file": authority.ca_file}
    one = daemon(broker.port, "--source", str(film), "--pace", "fast", **settings)
    assert (one.wait(), one.warnings) == (0, [])
    assert one.sentences[0].endswith(" 0 messages dropped")


def test_tls_with_the_wrong_authority_is_refused_and_explained(
    make_tls_broker: Any, make_authority: Any, authority: Any, daemon: Any, film: Path
) -> None:
    broker = make_tls_broker(authority.server("run", "IP:127.0.0.1"))
    other = make_authority().ca_file
    settings = {"mqtt__tls": "true", "mqtt__tls_ca_file": other, "mqtt__connect_timeout_s": 0.5}
    one = daemon(broker.port, "--source", str(film), "--pace", "fast", **settings)
    assert one.wait() == 1
    (sentence,) = one.sentences
    assert f"is not signed by an authority in {other}" in sentence
