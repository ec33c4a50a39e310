"""Translates the ``mqtt`` table of the configuration into what the MQTT side is told."""

from __future__ import annotations

from pathlib import Path

from visaged.config.schema import MqttSection
from visaged.mqtt.settings import BrokerSettings, read_password


def broker_settings(mqtt: MqttSection, client_id: str) -> BrokerSettings:
    """How to reach the broker, as ``client_id`` unless the table names one; reads the password file.

    Raises ConfigError where that cannot be read, or for values that cannot work.
    """
    return BrokerSettings(
        host=mqtt.host,
        port=mqtt.port,
        protocol=mqtt.protocol,
        client_id=mqtt.client_id or client_id,
        keepalive_s=mqtt.keepalive_s,
        expiry_s=mqtt.expiry_s,
        connect_timeout_s=mqtt.connect_timeout_s,
        backoff_min_s=mqtt.backoff_min_s,
        backoff_max_s=mqtt.backoff_max_s,
        username=mqtt.username or None,
        password=read_password(Path(mqtt.password_file)) if mqtt.password_file else None,
        tls=mqtt.tls,
        ca_file=mqtt.tls_ca_file or None,
        cert_file=mqtt.tls_cert_file or None,
        key_file=mqtt.tls_key_file or None,
    )
