"""``visaged remote --sign`` over a real broker, and what is never signed."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from made.waiting import eventually
from visaged.desk.signing import Signer
from visaged.toml import loads


def test_a_patch_is_signed_with_the_key_that_was_made(remote: Any, device: Any, tmp_path: Path) -> None:
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    cam, key = device("cam"), tmp_path / "desk.pem"
    status, (line,), _ = remote("keygen", str(key))
    assert status == 0 and stat.S_IMODE(key.stat().st_mode) == 0o600
    assert remote("cam", "set", "track.max_faces=2", "--sign", str(key))[0] == 0
    first, _, signed = cam.wanted[-1].partition(b"\n")
    sharp, word, name, signature = first.decode().split()
    assert (sharp, word, name) == ("#", "visaged-signature", line.split("# ")[1])
    import base64

    public = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(line.split()[0]))
    public.verify(base64.b64decode(signature), signed)
    assert remote("cam", "clear", "--sign", str(key))[0] == 0
    assert set(loads(cam.wanted[-1].decode())) == {"version", "target"}
    status, _, err = remote("keygen", str(key))
    assert status == 1 and "exists already" in err


@pytest.fixture
def key(remote: Any, tmp_path: Path) -> Path:
    """A key to sign with."""
    pytest.importorskip("cryptography")
    assert remote("keygen", str(tmp_path / "desk.pem"))[0] == 0
    return tmp_path / "desk.pem"


FORGED = b'version = 9\ntarget = "cam"\n[source]\nuri = "rtsp://evil/"\n'


@pytest.mark.parametrize("words", [("set", "track.max_faces=2"), ("unset", "source.uri")])
@pytest.mark.parametrize("by", ["nobody", "another key", "this key, for another device"])
def test_what_this_key_has_not_signed_for_this_device_is_never_signed_with_it(
    remote: Any, device: Any, key: Path, words: tuple[str, ...], by: str
) -> None:
    other = key.with_name("other.pem")
    remote("keygen", str(other))
    forged = {
        "nobody": FORGED,
        "another key": Signer(other).sign(FORGED),
        "this key, for another device": Signer(key).sign(FORGED.replace(b"cam", b"hall")),
    }[by]
    cam = device("cam")
    cam.say("config/desired", forged)
    status, lines, err = remote("cam", *words, "--sign", str(key))
    assert (status, lines) == (1, []) and len(err.splitlines()) == 1
    assert "visaged/cam/config/desired is not signed with this key for cam" in err and "`push` or `clear`" in err
    assert eventually(lambda: cam.wanted == [forged])
    assert remote("cam", "clear", "--sign", str(key))[0] == 0
    assert remote("cam", "set", "track.max_faces=2", "--sign", str(key))[0] == 0
    assert b"evil" not in cam.wanted[-1]


def test_what_is_signed_but_of_long_ago_is_not_signed_anew(remote: Any, device: Any, key: Path) -> None:
    cam = device("cam")
    for faces in (1, 2):
        assert remote("cam", "set", f"track.max_faces={faces}", "--sign", str(key))[0] == 0
    cam.close()
    later = device("cam", behaves="silent")
    later.say("config/desired", cam.wanted[0])
    later.report("committed", {"version": loads(cam.wanted[1].decode())["version"], "hash": "b", "origin": "device"})
    status, lines, err = remote("cam", "set", "smooth.mode=off", "--sign", str(key))
    assert (status, lines) == (1, []) and "is older than what was tried since, so that nothing is added to it" in err


@pytest.mark.parametrize("is_signed", [False, True])
def test_what_is_carried_over_from_before_is_said(remote: Any, device: Any, key: Path, is_signed: bool) -> None:
    cam, signing = device("cam"), ("--sign", str(key)) if is_signed else ()
    remote("cam", "set", "track.max_faces=2", "smooth.mode=off", *signing)
    _, _, err = remote("cam", "set", "track.max_faces=3", *signing)
    assert "cam: asked for already, and kept: smooth.mode" in err
    assert loads(cam.wanted[-1].decode())["smooth"] == {"mode": "off"}
