"""Those who may publish on the device's inbound topics and mean harm: garbage, messages of 10 MB, floods."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from made.daemon import UNHURRIED, Daemon
from made.flooder import flooding
from made.hostile import payloads
from made.incident import ROOT
from made.mosquitto import V5, Broker
from made.waiting import eventually
from visaged.mqtt.codec import decode

pytestmark = [pytest.mark.faults, pytest.mark.real_machine]

REPORTED = "config/reported"
SEEN = ("pose", "health", "status", REPORTED)
DESIRED = "config/desired"
INBOUND = ("command/snapshot", "command/nothing-of-ours", DESIRED)
LARGE = 10 * 1024 * 1024

BATCH = 1000
MOST_CPU = 0.05
GROWTH_MB = 8.0
OPEN_TO_ALL = ("allow_anonymous true", "max_queued_messages 0", "message_size_limit 0")
"""A broker that drops nothing of what is sent, however much of it waits."""


class Target:
    """A daemon that follows a film, and what a monitor and an operator see of it."""

    def __init__(self, one: Daemon, listen: Callable[..., Any], broker: Broker) -> None:
        self.one = one
        self._seen = {name: listen(broker, f"{ROOT}/{name}") for name in SEEN}
        assert eventually(lambda: self.frames > 10, 30), one.err

    @property
    def frames(self) -> int:
        return len(self._seen["pose"].messages)

    @property
    def states(self) -> set[str]:
        """All that ``status`` has said so far."""
        return {decode(bytes(message.payload))["state"] for message in self._seen["status"].messages}

    def last(self, name: str) -> dict[str, Any]:
        """The newest message of that name."""
        assert eventually(lambda: self._seen[name].messages), self.one.err
        return decode(bytes(self._seen[name].messages[-1].payload))

    def received(self, topic: str) -> int:
        """Messages on ``topic``, or commands of any kind."""
        counts = self.counts(topic)
        return counts["received"] if topic == DESIRED else sum(counts.values())

    def has_received(self, topic: str, expected: int) -> None:
        """That many, and no more, before long."""
        assert eventually(lambda: self.received(topic) == expected, 60), (self.last("health"), self.one.err)

    def counts(self, topic: str) -> dict[str, int]:
        """What became of them."""
        return dict(self.last(REPORTED)["counters"] if topic == DESIRED else self.last("health")["commands"])

    def uses(self, seconds: float) -> tuple[float, float]:
        """The share of a core, and the frames a second, for so long."""
        cpu, frames, began = self.one.cpu_s, self.frames, time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - began
        return (self.one.cpu_s - cpu) / took, (self.frames - frames) / took

    def is_unharmed(self, held_mb: float) -> None:
        """It runs, frames flow, it holds little more than ``held_mb``, and nothing failed inside."""
        before = self.frames
        assert eventually(lambda: self.frames > before + 5), self.one.err
        assert self.one.running
        assert self.one.held_mb < held_mb + GROWTH_MB
        assert "Traceback" not in self.one.err and "failed with" not in self.one.err


@pytest.fixture
def generous_broker(make_broker: Callable[..., Broker]) -> Broker:
    return make_broker(*OPEN_TO_ALL)


@pytest.fixture
def target(listen: Any, daemon: Any, visits: Path) -> Callable[..., Target]:
    """``target(broker, **settings)``."""

    def start(broker: Broker, **settings: Any) -> Target:
        given = {"mqtt__health_interval_s": 0.5, **settings}
        return Target(daemon(broker.port, "--source", str(visits), "--loop", **given), listen, broker)

    return start


@pytest.fixture
def attacker(generous_broker: Broker) -> Iterator[paho.Client]:
    """Somebody who is connected."""
    client = paho.Client(CallbackAPIVersion.VERSION2, "attacker", protocol=V5)
    generous_broker.connect(client)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


@pytest.fixture(params=INBOUND)
def inbound(request: pytest.FixtureRequest, thorough: bool) -> tuple[str, int]:
    """A topic, and how many messages it gets."""
    return request.param, 100_000 if thorough else 1_000


def test_fuzzed_messages_are_dropped_or_refused(
    generous_broker: Broker, target: Any, attacker: paho.Client, record: Any, inbound: tuple[str, int]
) -> None:
    topic, count = inbound
    one = target(generous_broker, program=UNHURRIED, mqtt__health_interval_s=0.1)
    expected = send(attacker, topic, payloads(100, seed=2))
    one.has_received(topic, expected)
    held_mb, before = one.one.held_mb, one.frames
    for seed in range(count // BATCH):  # a broker for which too many wait drops some
        expected += send(attacker, topic, payloads(BATCH, seed))
        one.has_received(topic, expected)
    one.is_unharmed(held_mb)
    seen = f"{one.frames - before} frames meanwhile, {one.counts(topic)}"
    row(record, f"{count} fuzzed messages on {topic}", one, held_mb, seen)


def send(client: paho.Client, topic: str, messages: Iterator[bytes]) -> int:
    """Each with another set of the properties that a request may have; gives how many of them can be read.

    With QoS 1, for brokers drop others where they have to wait.
    """
    readable = 0
    for number, message in enumerate(messages):
        properties = Properties(PacketTypes.PUBLISH)
        if number % 2:
            properties.CorrelationData = message[:1000]
        if number % 3:
            properties.ResponseTopic = f"{ROOT}/status" if number % 5 else "x/" * 300
        if number % 7 == 0:
            properties.UserProperty = [("k", "v" * 1000)] * 3
        if number % 11 == 0:
            properties.UserProperty = ("\ufeff", "which paho calls malformed")
        readable += number % 11 > 0
        if number % 501 == 0:
            properties.UserProperty = [("", "")] * 4000
        info = client.publish(f"{ROOT}/{topic}", message, qos=1, properties=properties)
        if number % 200 == 0:
            info.wait_for_publish(30)
    return readable


def test_messages_of_10_mb_never_arrive(
    generous_broker: Broker, target: Any, attacker: paho.Client, record: Any
) -> None:
    one = target(generous_broker)
    held_mb, peak_mb = one.one.held_mb, one.one.peak_mb
    for number in range(5):
        attacker.publish(f"{ROOT}/{INBOUND[0]}", bytes(LARGE), qos=1, retain=number == 0).wait_for_publish(30)
    one.is_unharmed(held_mb)
    assert one.one.peak_mb < peak_mb + GROWTH_MB
    assert (one.one.warnings, one.last("health")["broker"]["reconnects"]) == ([], 0)
    row(record, "Messages of 10 MB, MQTT 5", one, held_mb, "the broker keeps them to itself")


def test_with_mqtt_3_1_1_a_retained_message_of_10_mb_costs_two_connections(
    generous_broker: Broker, target: Any, attacker: paho.Client, record: Any
) -> None:
    one = target(generous_broker, mqtt__protocol="3.1.1")
    held_mb, peak_mb = one.one.held_mb, one.one.peak_mb
    attacker.publish(f"{ROOT}/{INBOUND[0]}", bytes(LARGE), qos=1, retain=True).wait_for_publish(30)
    assert eventually(lambda: "sent a packet of 10" in str(one.last("status")["reason"]), 20), one.one.err
    one.is_unharmed(held_mb)
    assert one.one.peak_mb < peak_mb + GROWTH_MB
    assert eventually(lambda: one.last("health")["broker"]["reconnects"] == 2)
    row(record, "A retained message of 10 MB, MQTT 3.1.1", one, held_mb, "no commands until it is cleared")


@dataclass(frozen=True)
class Flood:
    """What is sent again and again, and which MQTT the daemon speaks."""

    name: str
    topic: str
    message: bytes
    qos: int = 1
    protocol: str = "5"


SLOW_PATCH = b"version = 1\n" + b"".join(b"k%d = 1\n" % number for number in range(3000))
"""Of what 32 KiB can hold this takes longest to be rejected."""

WRONG_PATCH = b"version = 1\n" + b"".join(b"k%d = 1\n" % number for number in range(40))
"""One that is read in no time, and costs more to be answered."""

SHORT = (Flood("commands", INBOUND[0], b"x" * 60), Flood("patches that are slow to read", DESIRED, SLOW_PATCH))
MORE = (
    Flood("patches that are quick to read", DESIRED, WRONG_PATCH),
    Flood("commands with QoS 0", INBOUND[0], b"x" * 60, qos=0),
    Flood("empty commands with QoS 0 and MQTT 3.1.1", INBOUND[0], b"", qos=0, protocol="3.1.1"),
    Flood("commands of 40 KB", INBOUND[0], b"x" * 40_000),
)


@pytest.mark.parametrize(
    "of", [*SHORT, *(pytest.param(of, marks=pytest.mark.thorough) for of in MORE)], ids=lambda of: of.name
)
def test_a_flood_costs_no_frames_and_little_time(
    make_broker: Any, target: Any, record: Any, thorough: bool, of: Flood
) -> None:
    seconds = 30.0 if thorough else 5.0
    broker = make_broker() if thorough else make_broker(OPEN_TO_ALL[0], "max_queued_messages 100")  # soon read
    one = target(broker, mqtt__health_interval_s=1, mqtt__protocol=of.protocol)
    cpu, fps = one.uses(seconds / 2)
    held_mb = one.one.held_mb
    with flooding(broker.port, f"{ROOT}/{of.topic}", of.qos, of.message):
        assert eventually(lambda: "More is sent to this device" in str(one.last("status")["reason"]), 20), one.one.err
        flooded_cpu, flooded_fps = one.uses(seconds)
    one.is_unharmed(held_mb)
    assert flooded_fps > 0.8 * fps
    assert flooded_cpu - cpu < MOST_CPU
    assert eventually(lambda: one.last("status")["state"] == "online", 60), one.last("status")
    assert "offline" not in one.states
    told = f"{flooded_cpu - cpu:.1%} of a core more, {flooded_fps:.1f} of {fps:.1f} frames a second"
    row(record, f"Flood of {of.name}", one, held_mb, told)


def row(record: Any, fault: str, one: Target, held_mb: float, seen: str) -> None:
    """For the table."""
    grown = f"{one.one.held_mb - held_mb:+.1f} MB held"
    record({"fault": fault, "seen": [seen, grown], "noticed_s": None, "recovered_s": None, "lost": {"frames": 0}})
