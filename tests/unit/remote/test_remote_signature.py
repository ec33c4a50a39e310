"""Whose patches are taken where signatures are asked for."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from visaged.remote.desired import RejectedError, Terms, read_desired
from visaged.remote.signature import KeysError, SignatureError, UnsignedError, key_id, read_keys, verify

STATE = Path("/var/lib/visaged")
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
KEYS = {key_id(PUBLIC): PUBLIC}


def signed(message: bytes, private: Ed25519PrivateKey = PRIVATE, name: str | None = None) -> bytes:
    signature = base64.b64encode(private.sign(message)).decode()
    return f"# visaged-signature {name or key_id(PUBLIC)} {signature}\n".encode() + message


@given(st.binary(max_size=300))
def test_what_is_signed_is_taken(message: bytes) -> None:
    verify(signed(message), KEYS)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_single_changed_byte_is_noticed(message: bytes, data: st.DataObject) -> None:
    whole = bytearray(signed(message))
    place = data.draw(st.integers(len(whole) - len(message), len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SignatureError):
        verify(bytes(whole), KEYS)


@given(st.binary(max_size=300))
def test_anything_else_is_not_signed(data: bytes) -> None:
    with pytest.raises(UnsignedError):
        verify(data, KEYS)


def test_a_stranger_is_refused() -> None:
    stranger = Ed25519PrivateKey.generate()
    with pytest.raises(SignatureError, match="changed, or it is forged"):
        verify(signed(b"version = 1", stranger), KEYS)
    with pytest.raises(SignatureError, match="0123456789abcdef, which is not trusted"):
        verify(signed(b"version = 1", stranger, "0123456789abcdef"), KEYS)


@pytest.mark.parametrize(
    "text", [base64.b64encode(PUBLIC).decode(), f"# ours\n\n{base64.b64encode(PUBLIC).decode()} # desk", PEM]
)
def test_keys_are_read_in_base64_and_in_pem(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys").write_text(text)
    assert read_keys(tmp_path / "keys") == KEYS


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "has no key"), ("# none\n", "has no key"), ("????", "neither base64"), ("AAAA", "no Ed25519 key")],
)
def test_a_file_without_a_usable_key_trusts_nobody(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "keys").write_text(text)
    with pytest.raises(KeysError, match=said):
        read_keys(tmp_path / "keys")


@pytest.fixture
def terms(tmp_path: Path) -> Terms:
    (tmp_path / "keys").write_text(PEM)
    return Terms("cam", STATE, str(tmp_path / "keys"))


def refused(data: bytes, origin: str, terms: Terms) -> str:
    with pytest.raises(RejectedError) as caught:
        read_desired(data, origin, terms)
    return f"{caught.value.counts_as}: {caught.value}"


def test_a_signed_patch_is_for_whom_it_says(terms: Terms) -> None:
    message = b'version = 1\ntarget = "cam"\n'
    document, patch = read_desired(signed(message), "device", terms)
    assert (document.version, patch.target, document.data) == (1, "cam", signed(message))
    assert refused(signed(message), "group/front", terms).startswith(
        "replayed: group/front desired: the patch is for another"
    )
    assert refused(signed(b"version = 1\n"), "device", terms).startswith("rejected: desired: a signed patch says whom")
    assert refused(message, "device", terms).startswith("unsigned: ")
    forged = signed(message, Ed25519PrivateKey.generate())
    assert refused(forged, "device", terms).startswith("wrongly_signed: ")


def test_keys_that_cannot_be_read_let_nobody_in() -> None:
    missing = Terms("cam", STATE, "/nowhere/keys")
    assert "/nowhere/keys cannot be read" in refused(signed(b'version = 1\ntarget = "cam"'), "device", missing)
    none = Terms("cam", STATE, "credential:keys")
    assert "is for a service that systemd starts" in refused(signed(b"version = 1"), "device", none)
