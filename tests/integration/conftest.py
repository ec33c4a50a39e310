"""Certificates, and a broker that uses them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from made.mosquitto import Broker


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
