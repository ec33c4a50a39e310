"""How a test reaches a broker on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from visaged.broker import broker_settings
from visaged.config.schema import MqttSection
from visaged.mqtt.settings import BrokerSettings


def settings_for(port: int, **changes: Any) -> BrokerSettings:
    """What the configuration's defaults come to, with ``port`` and ``changes``."""
    return replace(broker_settings(MqttSection(port=port), "a"), **changes)
