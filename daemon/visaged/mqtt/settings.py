"""How to reach a broker, as one frozen value."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Literal

from visaged.errors import BrokerError, ConfigError

Protocol = Literal["auto", "5", "3.1.1"]


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where the broker is and how to speak to it; times in seconds.

    ``protocol`` "auto" tries MQTT 5 and falls back to 3.1.1. ``expiry_s`` is how long a broker may keep a frame
    message for a slow subscriber, 0 for ever (MQTT 5 only). With ``tls`` the broker's certificate is always verified,
    against ``ca_file`` or else the system's authorities. Raises ConfigError for values that cannot work.
    """

    host: str
    port: int = 1883
    protocol: Protocol = "auto"
    client_id: str = ""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    keepalive_s: int = 30
    backoff_min_s: float = 0.5
    backoff_max_s: float = 30.0
    expiry_s: int = 2
    connect_timeout_s: float = 10.0

    def __post_init__(self) -> None:
        if not self.host:
            raise ConfigError("The MQTT host is empty; name the machine the broker runs on.")
        if not 1 <= self.port <= 65535:
            raise ConfigError(f"The MQTT port must be 1 to 65535, not {self.port}.")
        if not 0 < self.backoff_min_s <= self.backoff_max_s:
            raise ConfigError("The MQTT reconnect delays must be positive, the shortest not above the longest.")
        if not 1 <= self.keepalive_s <= 65535 or self.expiry_s < 0 or self.connect_timeout_s <= 0:
            raise ConfigError("The MQTT keep-alive, expiry and connect timeout must be positive numbers of seconds.")
        if self.password is not None and self.username is None:
            raise ConfigError("An MQTT password needs a user name beside it.")

    @property
    def address(self) -> str:
        """host:port, for messages."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def tls_context(settings: BrokerSettings) -> ssl.SSLContext | None:
    """The verifying TLS context of ``settings``, None without TLS. Raises BrokerError for files that cannot be used."""
    if not settings.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ValueError) as exc:
        raise BrokerError(f"The MQTT authority file {settings.ca_file} is not readable PEM: {_cause(exc)}.") from exc
    if settings.cert_file is not None:
        _load_client_certificate(context, settings.cert_file, settings.key_file)
    return context


def _load_client_certificate(context: ssl.SSLContext, cert_file: str, key_file: str | None) -> None:
    try:
        # A key that asks for a pass phrase would otherwise prompt on the terminal of a daemon.
        context.load_cert_chain(cert_file, key_file, password="")
    except (OSError, ValueError) as exc:
        raise BrokerError(
            f"The MQTT client certificate {cert_file} and its key cannot be used: {_cause(exc)}."
        ) from exc


def _cause(exc: Exception) -> str:
    return getattr(exc, "strerror", None) or str(exc)
