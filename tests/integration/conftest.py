"""Certificates, a broker that uses them, and somebody at the other end of ``NOTIFY_SOCKET``."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from made.mosquitto import Broker

_CA_COMMAND = """
[ca]
default_ca = one
[one]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
default_days = 9
policy = any
[any]
commonName = supplied
"""
"""What openssl's ``ca`` command wants; its ``x509`` could not date a certificate ahead before version 3.4."""


class Authority:
    """Makes certificates with the openssl command.

    ``strict``: with everything that RFC 5280 asks for; otherwise as openssl makes them where it is told nothing.
    """

    def __init__(self, folder: Path, strict: bool) -> None:
        self._folder = folder
        self._strict = strict
        self.ca_file = folder / "ca.pem"
        subject = ("-subj", "/CN=test authority", "-days", "2")
        usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign") if strict else ()
        self._openssl("req", "-x509", *self._new_key("ca"), *subject, *usage, "-out", "ca.pem")

    def server(self, name: str, subject_alt_name: str, *validity: str) -> tuple[Path, Path]:
        """Certificate and key of a server; ``validity`` as openssl's x509 command takes it."""
        self._openssl("req", *self._new_key(name), "-subj", f"/CN={name}", "-out", f"{name}.csr")
        identifiers = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" if self._strict else ""
        (self._folder / f"{name}.ext").write_text(f"subjectAltName={subject_alt_name}\n{identifiers}")
        signed_by = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", f"{name}.ext")
        days = validity or ("-days", "2")
        self._openssl("x509", "-req", "-in", f"{name}.csr", *signed_by, *days, "-out", f"{name}.pem")
        return self._folder / f"{name}.pem", self._folder / f"{name}.key"

    def later(self, name: str, subject_alt_name: str) -> tuple[Path, Path]:
        """Certificate and key of a server that begin to count tomorrow."""
        pem, key = self.server(name, subject_alt_name)
        (self._folder / "index").touch()
        (self._folder / "ca.cnf").write_text(_CA_COMMAND)
        tomorrow = time.strftime("%Y%m%d000000Z", time.gmtime(time.time() + 2 * 86400))
        signed_by = ("-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-extfile", f"{name}.ext")
        self._openssl(
            "ca", "-batch", *signed_by, "-startdate", tomorrow, "-in", f"{name}.csr", "-out", pem.name, "-notext"
        )
        return pem, key

    def _new_key(self, name: str) -> tuple[str, ...]:
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key")

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def make_authority(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Authority]:
    """``make_authority(strict=True)``: a new certificate authority."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return lambda strict=True: Authority(tmp_path_factory.mktemp("authority"), strict)


@pytest.fixture(scope="session")
def authority(make_authority: Callable[..., Authority]) -> Authority:
    """The certificate authority of the TLS tests."""
    return make_authority()


@pytest.fixture
def make_tls_broker(make_broker: Callable[..., Broker]) -> Callable[[tuple[Path, Path]], Broker]:
    """``make_tls_broker((certificate, key))``: a running broker that speaks TLS only."""
    return lambda files: make_broker("allow_anonymous true", f"certfile {files[0]}", f"keyfile {files[1]}")


class Manager:
    """Keeps what it is told."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._words: list[str] = []

    @property
    def words(self) -> list[str]:
        """Everything so far."""
        try:
            while True:
                self._words += self._channel.recv(4096).decode().splitlines()
        except BlockingIOError:
            return self._words

    def fed(self, seconds: float) -> int:
        """How often the watchdog is fed within ``seconds`` from now."""
        before = self.words.count("WATCHDOG=1")
        time.sleep(seconds)
        return self.words.count("WATCHDOG=1") - before


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    """In systemd's place for every daemon that is started from now on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield Manager(channel)
