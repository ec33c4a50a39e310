"""Translates the ``mqtt`` table of the configuration into what the MQTT side is told."""

from __future__ import annotations

from visaged.config.schema import MqttSection
from visaged.mqtt.settings import BrokerSettings, read_password
from visaged.systemd.credentials import file_of


def broker_settings(mqtt: MqttSection, client_id: str) -> BrokerSettings:
    """How to reach the broker, as ``client_id`` unless the table names one; reads the password file.

    Files may be credentials that systemd hands over. Raises ConfigError where one cannot be found or read, or for
    values that cannot work.
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
        password=read_password(file_of(mqtt.password_file)) if mqtt.password_file else None,
        tls=mqtt.tls,
        ca_file=_path(mqtt.tls_ca_file),
        cert_file=_path(mqtt.tls_cert_file),
        key_file=_path(mqtt.tls_key_file),
    )


def _path(place: str) -> str | None:
    return str(file_of(place)) if place else None
