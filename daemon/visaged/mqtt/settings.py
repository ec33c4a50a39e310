"""How to reach a broker, as one frozen value."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from visaged.errors import BrokerError, ConfigError

Protocol = Literal["auto", "5", "3.1.1"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSettings:
    """Where the broker is and how to speak to it; times in seconds.

    ``protocol`` "auto" tries MQTT 5 and falls back to 3.1.1. ``expiry_s`` is how long a broker may keep a frame
    message for a slow subscriber, 0 for ever (MQTT 5 only). ``connect_timeout_s`` is how long the connection may take,
    and then the broker's answer; where two versions of MQTT are tried they share the latter. With ``tls`` the broker's
    certificate is always verified, against ``ca_file`` or else the system's authorities. Raises ConfigError for values
    that cannot work.
    """

    host: str
    port: int
    protocol: Protocol
    client_id: str
    keepalive_s: int
    expiry_s: int
    connect_timeout_s: float
    backoff_min_s: float
    backoff_max_s: float
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None

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


def read_password(path: Path) -> str:
    """The first line of the file, without its line break. Raises ConfigError where there is none."""
    try:
        line = path.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as exc:
        cause = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"The password file {path} cannot be read: {cause}.") from exc
    if not line:
        raise ConfigError(f"The password file {path} has no first line; put the password there.")
    return line


def tls_context(settings: BrokerSettings) -> ssl.SSLContext | None:
    """The verifying TLS context of ``settings``, None without TLS. Raises BrokerError for files that cannot be used."""
    if not settings.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ValueError) as exc:
        raise BrokerError(f"The MQTT authority file {settings.ca_file} is not readable PEM: {_cause(exc)}.") from exc
    # From Python 3.13 on the default refuses authorities that do not state their key usage, as most that people make
    # for their own broker do not. One certificate must work with every Python; signature, name and dates still count.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if settings.cert_file is not None:
        _load_client_certificate(context, settings.cert_file, settings.key_file)
    return context


def _load_client_certificate(context: ssl.SSLContext, cert_file: str, key_file: str | None) -> None:
    try:
        # A key that asks for a pass phrase would otherwise prompt on the terminal of a daemon.
        context.load_cert_chain(cert_file, key_file, password="")
    except (OSError, ValueError) as exc:
        names = f"certificate {cert_file}, key {key_file}"
        raise BrokerError(f"The MQTT client certificate cannot be used ({names}): {_misfit(exc)}.") from exc


def _misfit(exc: Exception) -> str:
    """Why certificate and key cannot be used together."""
    if not isinstance(exc, ssl.SSLError):
        return f"one of them cannot be read, {_cause(exc).lower()}"
    if exc.reason == "KEY_VALUES_MISMATCH":
        return "the key does not belong to the certificate"
    return "one of them is not PEM, or the key asks for a pass phrase (remove that: openssl pkey -in KEY -out NEW)"


def _cause(exc: Exception) -> str:
    return getattr(exc, "strerror", None) or str(exc)
