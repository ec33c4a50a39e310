"""Translates configuration and opened models into what the MQTT side is told."""

from __future__ import annotations

import platform
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from visaged import __version__, machine
from visaged.config import Config
from visaged.config.schema import MqttSection
from visaged.errors import ConfigError
from visaged.mqtt.payload import Info
from visaged.mqtt.settings import BrokerSettings
from visaged.urls import redact
from visaged.vision.assembly import Vision


def broker_settings(mqtt: MqttSection, device: str) -> BrokerSettings:
    """How to reach the broker; reads the password file. Raises ConfigError where that cannot be read."""
    return BrokerSettings(
        host=mqtt.host,
        port=mqtt.port,
        protocol=mqtt.protocol,
        client_id=mqtt.client_id or f"visaged-{device}",
        username=mqtt.username or None,
        password=_first_line(Path(mqtt.password_file)) if mqtt.password_file else None,
        tls=mqtt.tls,
        ca_file=mqtt.tls_ca_file or None,
        cert_file=mqtt.tls_cert_file or None,
        key_file=mqtt.tls_key_file or None,
        keepalive_s=mqtt.keepalive_s,
        backoff_min_s=mqtt.backoff_min_s,
        backoff_max_s=mqtt.backoff_max_s,
        expiry_s=mqtt.expiry_s,
        connect_timeout_s=mqtt.connect_timeout_s,
    )


def facts(config: Config, vision: Vision) -> Info:
    """What the ``info`` topic says of this daemon."""
    pack, detector_pack = vision.pack, vision.detector_pack
    verified = pack.verified and detector_pack.verified
    return Info(
        versions={
            "visaged": __version__,
            "python": platform.python_version(),
            "onnxruntime": onnxruntime.__version__,
            "opencv": cv2.__version__,
            "numpy": np.__version__,
        },
        board=machine.board(),
        pack=pack.name,
        pack_version=pack.version,
        pack_licence=pack.licence,
        pack_verified=verified,
        detector=f"{config.model.detector} of pack {detector_pack.name} {detector_pack.version}",
        source=redact(config.source.uri),
        tuning={"threads": vision.threads, "detect_interval": config.detect.interval},
    )


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        cause = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"mqtt.password_file: cannot read {path}: {cause}") from exc
    if not lines or not lines[0]:
        raise ConfigError(f"mqtt.password_file: {path} is empty; its first line must be the password")
    return lines[0]
