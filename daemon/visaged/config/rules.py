"""Combinations of keys that cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visaged.addresses import objection
from visaged.config.schema import Config


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Keys that exclude each other, and the sentence that says why."""

    paths: tuple[str, ...]
    sentence: str


def contradictions(config: Config) -> Iterator[Contradiction]:
    """Every impossible combination in ``config``."""
    yield from _ranges(config)
    yield from _source(config)
    yield from _picture_size(config)
    yield from _tls(config)
    yield from _password(config)
    yield from _raw(config)


def _ranges(config: Config) -> Iterator[Contradiction]:
    for low, high, minimum, maximum in (
        ("source.retry_min_s", "source.retry_max_s", config.source.retry_min_s, config.source.retry_max_s),
        ("mqtt.backoff_min_s", "mqtt.backoff_max_s", config.mqtt.backoff_min_s, config.mqtt.backoff_max_s),
        ("snapshot.retry_min_s", "snapshot.retry_max_s", config.snapshot.retry_min_s, config.snapshot.retry_max_s),
    ):
        if minimum > maximum:
            yield Contradiction((low, high), f"{low} ({minimum:g}) is larger than {high} ({maximum:g})")


def _source(config: Config) -> Iterator[Contradiction]:
    source = config.source
    exposed = [f"source.{name}" for name in ("exposure_ms", "gain") if getattr(source, name)]
    if sentence := objection(source.uri, is_exposed=bool(exposed)):
        yield Contradiction(("source.uri", *exposed), f"source.uri: {sentence}")


def _picture_size(config: Config) -> Iterator[Contradiction]:
    if (config.source.width == 0) != (config.source.height == 0):
        yield Contradiction(
            ("source.width", "source.height"),
            "source.width and source.height go together; set both, or leave both at 0",
        )


def _tls(config: Config) -> Iterator[Contradiction]:
    mqtt = config.mqtt
    if bool(mqtt.tls_cert_file) != bool(mqtt.tls_key_file):
        yield Contradiction(
            ("mqtt.tls_cert_file", "mqtt.tls_key_file"),
            "mqtt.tls_cert_file and mqtt.tls_key_file go together; set both or neither",
        )
    for name in ("tls_ca_file", "tls_cert_file", "tls_key_file"):
        if getattr(mqtt, name) and not mqtt.tls:
            yield Contradiction(
                (f"mqtt.{name}", "mqtt.tls"), f"mqtt.{name} is set but mqtt.tls is false; set mqtt.tls = true"
            )


def _password(config: Config) -> Iterator[Contradiction]:
    if config.mqtt.password_file and not config.mqtt.username:
        yield Contradiction(
            ("mqtt.password_file", "mqtt.username"),
            "mqtt.password_file is set but mqtt.username is empty; MQTT sends a password only with a user name",
        )


def _raw(config: Config) -> Iterator[Contradiction]:
    if config.smooth.raw and config.smooth.mode == "off":
        yield Contradiction(
            ("smooth.raw", "smooth.mode"),
            'smooth.raw is set but smooth.mode is "off"; what is published is not smoothed then anyway',
        )
