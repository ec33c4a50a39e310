"""TLS on and off, with certificates made for the test."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from made.broker import settings_for
from made.waiting import eventually
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


def test_nobody_looks_at_a_tls_connection_while_another_sends(
    make_tls_broker: Any, certificate: Any, authority: Any, attempt: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = attempt(make_tls_broker(certificate).port, tls=True, ca_file=str(authority.ca_file))
    assert one.error() == ""
    turn, pending, in_turn = one.publisher._lent._turn, ssl.SSLSocket.pending, []
    monkeypatch.setattr(ssl.SSLSocket, "pending", lambda self: in_turn.append(turn.locked()) or pending(self))
    one.publisher.publish_event("event", b"x")
    assert eventually(lambda: len(in_turn) > 1) and all(in_turn)


def test_authority_made_by_hand_without_key_usage_is_accepted(
    make_tls_broker: Any, make_authority: Any, attempt: Any
) -> None:
    by_hand = make_authority(strict=False)
    broker = make_tls_broker(by_hand.server("plain", "IP:127.0.0.1"))
    assert attempt(broker.port, tls=True, ca_file=str(by_hand.ca_file)).error() == ""


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
    with pytest.raises(BrokerError, match=r"certificate .*right\.pem, key .*no\): one of them cannot be read"):
        Publisher(settings, ("will", b""))
