"""TLS on and off, with certificates made for the test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from made.broker import settings_for
from visaged.errors import BrokerError
from visaged.mqtt.client import Publisher


class Attempt:
    """A publisher that tries for a moment."""

    def __init__(self, port: int, **settings: Any) -> None:
        self.publisher = Publisher(settings_for(port, **{"connect_timeout_s": 2.0, **settings}), ("will", b"offline"))
        self.publisher.start()

    def error(self) -> str:
        """What it says of its failure, "" if it connected."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            stats = self.publisher.stats
            if stats.connected or stats.last_error:
                return stats.last_error or ""
            time.sleep(0.01)
        raise AssertionError("neither connected nor failed")


@pytest.fixture
def attempt() -> Iterator[Any]:
    """``attempt(port, **settings)``; stopped at the end of the test."""
    attempts: list[Attempt] = []

    def make(port: int, **settings: Any) -> Attempt:
        attempts.append(Attempt(port, **settings))
        return attempts[-1]

    yield make
    for one in attempts:
        one.publisher.stop(None, 1.0)


@pytest.fixture(scope="session")
def certificate(authority: Any) -> tuple[Path, Path]:
    """Of a server that is 127.0.0.1."""
    files: tuple[Path, Path] = authority.server("right", "IP:127.0.0.1")
    return files


def test_right_authority_connects_and_publishes(
    make_tls_broker: Any, certificate: Any, authority: Any, attempt: Any
) -> None:
    one = attempt(make_tls_broker(certificate).port, tls=True, ca_file=str(authority.ca_file))
    assert one.error() == ""
    one.publisher.publish_state("state", b"x" * 100_000)
    assert one.publisher.stop(("will", b"stopped"), 3.0)


def test_authority_made_by_hand_without_key_usage_is_accepted(
    make_tls_broker: Any, make_authority: Any, attempt: Any
) -> None:
    by_hand = make_authority(strict=False)
    broker = make_tls_broker(by_hand.server("plain", "IP:127.0.0.1"))
    assert attempt(broker.port, tls=True, ca_file=str(by_hand.ca_file)).error() == ""


def test_wrong_authority_is_explained(
    make_tls_broker: Any, certificate: Any, make_authority: Any, attempt: Any
) -> None:
    other = make_authority().ca_file
    error = attempt(make_tls_broker(certificate).port, tls=True, ca_file=str(other)).error()
    assert f"is not signed by an authority in {other}" in error


def test_wrong_name_is_explained(make_tls_broker: Any, authority: Any, attempt: Any) -> None:
    broker = make_tls_broker(authority.server("other", "DNS:broker.example"))
    error = attempt(broker.port, tls=True, ca_file=str(authority.ca_file)).error()
    assert "is made out to another name than '127.0.0.1'" in error


def test_expired_certificate_is_explained(make_tls_broker: Any, authority: Any, attempt: Any) -> None:
    broker = make_tls_broker(authority.server("old", "IP:127.0.0.1", "-days", "-1"))
    error = attempt(broker.port, tls=True, ca_file=str(authority.ca_file)).error()
    assert "has expired" in error


def test_plain_client_at_a_tls_port_is_explained(make_tls_broker: Any, certificate: Any, attempt: Any) -> None:
    error = attempt(make_tls_broker(certificate).port).error()
    assert "is this a TLS port" in error


def test_tls_client_at_a_plain_port_is_explained(broker: Any, authority: Any, attempt: Any) -> None:
    error = attempt(broker.port, tls=True, ca_file=str(authority.ca_file)).error()
    assert "is this a TLS port" in error


def test_missing_client_certificate_is_explained(
    make_broker: Any, certificate: Any, authority: Any, attempt: Any
) -> None:
    files = (f"certfile {certificate[0]}", f"keyfile {certificate[1]}", f"cafile {authority.ca_file}")
    broker = make_broker("allow_anonymous true", *files, "require_certificate true")
    error = attempt(broker.port, tls=True, ca_file=str(authority.ca_file)).error()
    assert "client certificate" in error


def test_client_certificate_is_accepted(make_broker: Any, certificate: Any, authority: Any, attempt: Any) -> None:
    files = (f"certfile {certificate[0]}", f"keyfile {certificate[1]}", f"cafile {authority.ca_file}")
    broker = make_broker("allow_anonymous true", *files, "require_certificate true")
    cert, key = authority.server("client", "DNS:client")
    one = attempt(broker.port, tls=True, ca_file=str(authority.ca_file), cert_file=str(cert), key_file=str(key))
    assert one.error() == ""


def test_missing_authority_file_is_one_sentence(tmp_path: Path) -> None:
    settings = settings_for(1, tls=True, ca_file=str(tmp_path / "none.pem"))
    with pytest.raises(BrokerError, match=r"authority file .*none\.pem is not readable PEM"):
        Publisher(settings, ("will", b""))


def test_client_certificate_without_key_is_one_sentence(tmp_path: Path, certificate: Any) -> None:
    settings = settings_for(1, tls=True, cert_file=str(certificate[0]), key_file=str(tmp_path / "no"))
    with pytest.raises(BrokerError, match=r"client certificate .*right\.pem and its key cannot be used"):
        Publisher(settings, ("will", b""))
