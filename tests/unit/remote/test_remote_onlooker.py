"""``visaged config`` beside a daemon that keeps something from afar."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visaged import state
from visaged.cli import main
from visaged.remote.ledger import Document, Ledger
from visaged.remote.onlooker import kept
from visaged.remote.storage import Storage, name_of

KEPT = Ledger().begin(Document("device", 2, "ab" * 32, b"version = 2\n[track]\nmax_faces = 7\n")).commit()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a daemon whose state is beside it."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    file = tmp_path / "visaged.toml"
    file.write_text("")
    return file


@pytest.fixture
def shown(config: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, str, str]]:
    """``shown(*words)``: the value of track.max_faces, its layer, and standard error."""

    def run(*words: str) -> tuple[Any, str, str]:
        assert main(["config", "dump", "--json", "--config", str(config), *words]) == 0
        said = capsys.readouterr()
        about = json.loads(said.out)["track.max_faces"]
        return about["value"], about["layer"], said.err

    return run


def test_what_is_kept_from_afar_is_in_force(config: Path, shown: Any) -> None:
    assert shown()[:2] == (4, "default")
    Storage(config.parent / name_of(config, "")).write(KEPT)
    assert shown() == (7, "remote", "")
    assert shown("--set", "track.max_faces=2") == (2, "command line", "")
    assert shown("--set", "remote.enabled=false") == (4, "default", "")


def test_each_of_several_daemons_has_its_own(config: Path, shown: Any) -> None:
    Storage(config.parent / name_of(config, "device.id=a")).write(KEPT)
    assert shown("--set", "device.id=b")[1] == "default"
    assert shown("--set", "device.id=a")[1] == "remote"


def test_a_file_is_checked_by_itself(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Storage(config.parent / name_of(config, "")).write(KEPT)
    assert main(["config", "check", str(config)]) == 0
    assert capsys.readouterr().out.startswith("the configuration is valid: 0 of ")


def test_a_service_s_is_found_by_its_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "mine"))
    monkeypatch.setattr(state, "SYSTEM", tmp_path / "lib" / "visaged")
    left = tmp_path / "etc" / "left.toml"
    monkeypatch.setattr("visaged.remote.onlooker.SYSTEM_FILE", left.with_name("visaged.toml"))
    left.parent.mkdir()
    left.write_text("")
    Storage(tmp_path / "lib" / "visaged" / name_of(None, "")).write(KEPT)
    Storage(tmp_path / "lib" / "visaged-left" / name_of(left, "")).write(KEPT)
    for words in ([], ["--config", str(left)]):
        assert main(["config", "explain", "track.max_faces", *words]) == 0
        assert "7" in capsys.readouterr().out


def test_a_daemon_is_found_however_the_path_of_its_file_is_written(
    config: Path, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Storage(config.parent / name_of(config, "")).write(KEPT)
    (config.parent / "etc").mkdir()
    (config.parent / "etc" / "linked.toml").symlink_to(config)
    monkeypatch.chdir(config.parent / "etc")
    for written in ("../visaged.toml", f"{config.parent}/etc/../visaged.toml", "linked.toml"):
        assert shown("--config", written)[:2] == (7, "remote")
    config.with_name("other.toml").write_text("")
    assert shown("--config", "../other.toml")[1] == "default"


@pytest.mark.parametrize("is_named_at_start", [False, True])
def test_the_service_s_own_file_may_be_named_or_not(
    config: Path, shown: Any, monkeypatch: pytest.MonkeyPatch, is_named_at_start: bool
) -> None:
    monkeypatch.setattr("visaged.remote.onlooker.SYSTEM_FILE", config)
    Storage(config.parent / name_of(config if is_named_at_start else None, "")).write(KEPT)
    assert shown()[:2] == (7, "remote")
    assert kept(None, "", ()) == kept(config, "", ()) is not None


def test_what_cannot_be_shown_is_said(config: Path, shown: Any) -> None:
    file = config.parent / name_of(config, "")
    file.write_text("{")
    value, layer, err = shown()
    assert (value, layer) == (4, "default") and err.startswith("visaged: without what was set from afar: ")
    Storage(file).write(Ledger().begin(Document("device", 3, "c", b"version = 3\n[source]\nwidth = 640\n")).commit())
    value, layer, err = shown()
    assert (value, layer) == (4, "default") and "does not go with this" in err and err.count("\n") == 1
