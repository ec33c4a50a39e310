"""The ledger on disk."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.config import load
from visaged.remote.ledger import Document, Ledger, Refusal
from visaged.remote.storage import KEEP_AGAIN_S, Storage, StorageError, name_of

LEDGER = (
    Ledger()
    .begin(Document("device", 2, "ab" * 32, b"version = 2\n\xff"))
    .started("a boot")
    .proved(load(None, ["log.level=debug"]))
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "state" / "remote.json")
    assert storage.read() == Ledger()
    storage.write(LEDGER)
    assert storage.read() == LEDGER
    assert [file.name for file in (tmp_path / "state").iterdir()] == ["remote.json"]


def test_what_a_version_before_has_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "remote.json"
    file.write_text('{"format":1,"good":{},"trial":{},"marks":{},"reverted":null,"boots":2,"last":[]}')
    assert Storage(file).read() == Ledger(boots=2)
    mark, refusal = {"version": 3, "sha256": "a"}, {"origin": "device", "version": 3, "sha256": "a", "reason": "fps: 0"}
    file.write_bytes(msgspec.json.encode({"format": 1, "marks": {"device": mark}, "reverted": refusal}))
    assert Storage(file).read().refusal("device") == Refusal(**refusal)
    assert Storage(file).read().refusal("group/front") is None


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    Storage(tmp_path / "remote.json").write(LEDGER)
    assert stat.S_IMODE((tmp_path / "remote.json").stat().st_mode) == 0o600


@given(st.binary(max_size=200))
def test_a_damaged_file_is_said_to_be(tmp_path_factory: pytest.TempPathFactory, damage: bytes) -> None:
    file = tmp_path_factory.mktemp("s") / "remote.json"
    Storage(file).write(LEDGER)
    file.write_bytes(file.read_bytes()[: len(damage) * 3] + damage)
    with pytest.raises(StorageError, match="is damaged"):
        Storage(file).read()


def test_a_folder_that_cannot_be_written_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    with pytest.raises(StorageError, match="cannot be written"):
        Storage(tmp_path / "state" / "remote.json").write(LEDGER)


def test_each_of_several_daemons_has_its_own() -> None:
    names = {
        name_of(None, ""),
        name_of(None, "device.id=a"),
        name_of(Path("/etc/a.toml"), ""),
        name_of(Path("a.toml"), ""),
    }
    assert len(names) == 4


def test_what_the_disk_did_not_take_is_told_and_tried_again(
    host: Any, storage: Storage, remote: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "remote.json"
    in_the_way.mkdir()
    storage.keep(LEDGER)
    remote.attend()
    assert host.trouble == f"{in_the_way} cannot be written: is a directory"
    host.now += KEEP_AGAIN_S
    remote.attend()
    assert len(caplog.messages) == 1
    in_the_way.rmdir()
    remote.attend()
    assert host.trouble is not None
    host.now += KEEP_AGAIN_S
    remote.attend()
    assert host.trouble is None and in_the_way.is_file()
