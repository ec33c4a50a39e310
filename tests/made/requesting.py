"""Somebody who sends commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


@pytest.fixture
def desk() -> Iterator[Callable[..., None]]:
    """``desk(broker, topic, payload, response=..., correlation=..., retain=...)``: a request, sent with QoS 1."""
    clients: list[paho.Client] = []

    def send(broker: Any, topic: str, payload: bytes = b"", retain: bool = False, **properties: Any) -> None:
        if not clients:
            clients.append(paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5))
            clients[0].connect(broker.host, broker.port)
            clients[0].loop_start()
        given = Properties(PacketTypes.PUBLISH)
        if "response" in properties:
            given.ResponseTopic = properties["response"]
        if "correlation" in properties:
            given.CorrelationData = properties["correlation"]
        clients[0].publish(topic, payload, qos=1, retain=retain, properties=given).wait_for_publish(5)

    yield send
    for client in clients:
        client.disconnect()
        client.loop_stop()
