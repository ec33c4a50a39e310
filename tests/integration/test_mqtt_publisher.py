"""The publisher against a real broker."""

from __future__ import annotations

import logging
import resource
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from made.flooder import flooding
from made.publishing import WILL
from made.waiting import eventually
from visaged.mqtt import explain
from visaged.mqtt.client import MAX_FRAMES
from visaged.mqtt.incoming import Inbound

FINAL = ("visaged/a/status", b"stopped")
ONLINE = ("visaged/a/status", b"online")
POSE = "visaged/a/pose"


def test_frames_are_qos_0_not_retained_and_expire(broker: Any, listen: Any, publish: Any) -> None:
    listener = listen(broker)
    publish(broker, expiry_s=7).publish_frame(POSE, b"pose")
    assert listener.wait_for(POSE, b"pose")
    (message,) = listener.messages
    assert (message.qos, message.retain, message.properties.MessageExpiryInterval) == (0, False, 7)
    assert listen(broker, POSE).messages == []


def test_states_are_qos_1_and_retained(broker: Any, listen: Any, publish: Any) -> None:
    publisher = publish(broker)
    before = listen(broker)
    publisher.publish_state(*ONLINE)
    assert before.wait_for(*ONLINE)
    late = listen(broker)
    assert late.wait_for(*ONLINE)
    assert [(message.qos, message.retain) for message in late.messages] == [(1, True)]


def test_events_are_qos_1_and_not_retained(broker: Any, listen: Any, publish: Any) -> None:
    listener = listen(broker)
    publish(broker).publish_event("visaged/a/event", b"happened")
    assert listener.wait_for("visaged/a/event", b"happened")
    assert listener.messages[0].qos == 1
    assert listen(broker).messages == []


def test_every_frame_arrives_in_order(broker: Any, listen: Any, publish: Any) -> None:
    listener = listen(broker)
    publisher = publish(broker)
    frames = [str(n).encode() for n in range(200)]
    for frame in frames:
        assert publisher.publish_frame(POSE, frame)
        time.sleep(0.001)
    assert publisher.stop(FINAL, 5.0)
    assert eventually(lambda: len(listener.of(POSE)) == 200)
    assert listener.of(POSE) == frames


def test_clean_stop_publishes_stopped_and_no_will(broker: Any, listen: Any, publish: Any) -> None:
    listener = listen(broker)
    publisher = publish(broker)
    publisher.publish_state(*ONLINE)
    assert listener.wait_for(*ONLINE)
    assert publisher.stop(FINAL, 3.0)
    assert listener.wait_for(*FINAL)
    time.sleep(0.2)
    assert listener.of(FINAL[0]) == [b"online", b"stopped"]


def test_stop_delivers_what_was_queued_just_before(broker: Any, listen: Any, publish: Any) -> None:
    listener = listen(broker)
    publisher = publish(broker)
    publisher.publish_frame(POSE, b"last")
    publisher.publish_event("visaged/a/event", b"last")
    assert publisher.stop(FINAL, 3.0)
    assert listener.wait_for(POSE, b"last") and listener.wait_for("visaged/a/event", b"last")
    assert listener.wait_for(*FINAL)


CHILD = """
import sys, time
from visaged.broker import broker_settings
from visaged.config.schema import MqttSection
from visaged.mqtt.client import Publisher
settings = broker_settings(MqttSection(port=int(sys.argv[1])), "a")
publisher = Publisher(settings, ("visaged/a/status", b"offline"))
publisher.publish_state("visaged/a/status", b"online")
publisher.start()
time.sleep(30)
"""


def test_clean_stop_in_a_flood_publishes_stopped_and_no_will(broker: Any, listen: Any, publish: Any) -> None:
    told: list[str | None] = []
    publisher = publish(broker, callbacks={"inbound": Inbound(("visaged/a/command/+",), lambda _: None, told.append)})
    listener = listen(broker, WILL[0])
    with flooding(broker.port, "visaged/a/command/x", 1, b"x" * 60):
        assert eventually(lambda: told and told[-1] == explain.FLOOD, 20)
        assert publisher.stop(FINAL, 3.0)
    assert listener.wait_for(*FINAL)
    time.sleep(0.5)  # in which the will would come
    assert listener.of(WILL[0]) == [FINAL[1]]


def test_a_connection_that_is_given_up_in_a_flood_leaves_no_will(
    broker: Any, listen: Any, publish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visaged.mqtt.hearing.FIRST_RELIEF_S", 0.5)
    inbound = Inbound(("visaged/a/command/+",), lambda _: None, print)
    publisher = publish(broker, callbacks={"inbound": inbound}, connect_timeout_s=20.0)  # a flooded broker is slow
    listener = listen(broker, WILL[0])
    publisher.publish_state(*ONLINE)
    with flooding(broker.port, "visaged/a/command/x", 0, b"x" * 60):
        assert eventually(lambda: publisher.stats.reconnects and publisher.stats.connected, 20)
    assert eventually(lambda: listener.of(WILL[0])[1:])
    assert set(listener.of(WILL[0])) == {ONLINE[1]}


def test_orders_for_somebody_who_is_away_are_not_kept(broker: Any, listen: Any, publish: Any) -> None:
    heard: list[bytes] = []
    callbacks = {"inbound": Inbound(("visaged/a/order",), lambda message: heard.append(message.payload), print)}
    publish(broker, callbacks=callbacks).stop(FINAL, 3.0)
    desk = listen(broker)
    desk.publish("visaged/a/order", b"restart")
    publish(broker, callbacks=callbacks)
    assert eventually(lambda: desk.publish("visaged/a/order", b"ping") or b"ping" in heard)
    assert set(heard) == {b"ping"}


def test_killed_process_leaves_the_last_will(broker: Any, listen: Any) -> None:
    listener = listen(broker)
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(broker.port)])
    try:
        assert listener.wait_for(*ONLINE, timeout_s=10)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(5)
    assert listener.wait_for(*WILL)
    late = listen(broker)
    assert late.wait_for(*WILL) and late.messages[0].retain


def test_broker_restart_drops_and_counts_frames_and_repeats_states(broker: Any, listen: Any, publish: Any) -> None:
    connects: list[None] = []
    publisher = publish(broker, callbacks={"on_connected": lambda: connects.append(None)})
    publisher.publish_state(*ONLINE)
    publisher.publish_state("visaged/a/info", b"old")
    broker.stop()
    assert eventually(lambda: not publisher.stats.connected)
    assert [publisher.publish_frame(POSE, b"lost") for _ in range(5)] == [False] * 5
    publisher.publish_state("visaged/a/info", b"new")
    publisher.publish_event("visaged/a/event", b"kept")
    broker.start()
    listener = listen(broker)
    assert listener.wait_for(*ONLINE) and listener.wait_for("visaged/a/info", b"new")
    assert publisher.publish_frame(POSE, b"again") and listener.wait_for(POSE, b"again")
    assert listener.of(POSE) == [b"again"] and b"old" not in listener.of("visaged/a/info")
    stats = publisher.stats
    assert (stats.dropped_frames, stats.reconnects, len(connects), stats.last_error) == (5, 1, 2, None)


def test_event_of_an_outage_is_sent_after_it(broker: Any, listen: Any, publish: Any, free_port_broker: Any) -> None:
    listener = listen(broker)  # an event is not retained: who comes late misses it
    publisher = publish(free_port_broker, connected=False)
    publisher.publish_event("visaged/a/event", b"kept")
    free_port_broker.open_to(broker)
    assert listener.wait_for("visaged/a/event", b"kept")


def test_hanging_broker_neither_fills_memory_nor_holds_up_the_end(broker: Any, publish: Any) -> None:
    publisher = publish(broker, keepalive_s=60)
    broker.pause()
    frame = b"x" * 10_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for n in range(20_000):
        publisher.publish_frame(POSE, frame)
        if n % 100 == 0:
            publisher.publish_state(*ONLINE)
            time.sleep(0.001)
    stats = publisher.stats
    assert stats.connected and stats.backlog <= MAX_FRAMES and stats.dropped_frames > 10_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB; all frames together are 200 MB
    began = time.monotonic()
    assert not publisher.stop(FINAL, 0.5)
    assert time.monotonic() - began < 0.7


def test_broker_that_hung_for_a_while_gets_the_newest_frames(broker: Any, listen: Any, publish: Any) -> None:
    listener = listen(broker)
    publisher = publish(broker)
    broker.pause()
    for n in range(3000):
        publisher.publish_frame(POSE, b"%06d" % n + b"x" * 10_000)
    broker.resume()
    assert eventually(lambda: any(payload.startswith(b"002999") for payload in listener.of(POSE)), 10)


def test_hanging_broker_is_noticed_by_keepalive(broker: Any, publish: Any) -> None:
    publisher = publish(broker, keepalive_s=1, connect_timeout_s=0.2)
    broker.pause()
    assert eventually(lambda: not publisher.stats.connected, 6)
    broker.resume()
    assert publisher.wait_connected(5)


def test_stop_before_any_connection_is_immediate(publish: Any, free_port_broker: Any) -> None:
    publisher = publish(free_port_broker, connected=False, backoff_min_s=30, backoff_max_s=30)
    assert eventually(lambda: publisher.stats.last_error)
    began = time.monotonic()
    assert not publisher.stop(FINAL, 5.0)
    assert time.monotonic() - began < 1


def test_failing_callback_is_told_and_survived(
    broker: Any, listen: Any, publish: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("on purpose")

    listener = listen(broker)
    publisher = publish(broker, callbacks={"on_connected": fail})
    publisher.publish_frame(POSE, b"pose")
    assert listener.wait_for(POSE, b"pose")
    assert "A callback of the MQTT publisher failed with RuntimeError: on purpose." in caplog.messages


def test_dead_thread_calls_on_failed_in_one_sentence(
    broker: Any, publish: Any, caplog: pytest.LogCaptureFixture
) -> None:
    failed: list[str] = []
    publisher = publish(broker, callbacks={"on_failed": failed.append})
    publisher.publish_event("not/a/topic/#", b"")  # paho raises ValueError, which no broker can cause
    assert eventually(lambda: failed)
    assert failed[0].startswith("The MQTT thread died of ValueError: ") and "\n" not in failed[0]
    assert not any(record.exc_info for record in caplog.records if record.levelno > logging.DEBUG)
    assert not publisher.stats.connected and not publisher.publish_frame(POSE, b"pose")


def test_forced_3_1_1_works(broker: Any, listen: Any, publish: Any) -> None:
    listener = listen(broker)
    publisher = publish(broker, protocol="3.1.1")
    publisher.publish_frame(POSE, b"pose")
    assert listener.wait_for(POSE, b"pose")
    assert publisher.stats.protocol == "3.1.1"
