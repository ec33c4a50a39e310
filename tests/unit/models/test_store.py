"""Packs are looked for where the documentation says."""

from pathlib import Path

import pytest

from visaged.errors import ModelError
from visaged.models import load, store
from visaged.models.store import SYSTEM, pack_folders, search_path, write_dir


def test_a_given_folder_is_the_only_one_searched(tmp_path):
    assert search_path(tmp_path) == [tmp_path]
    assert write_dir(tmp_path) == tmp_path


def test_without_one_the_users_folder_comes_before_the_systems(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert search_path(None)[:2] == [tmp_path / "visaged/models", SYSTEM]


@pytest.mark.parametrize("value", ["", "relative/path"])
def test_an_invalid_xdg_folder_is_ignored_as_its_specification_asks(monkeypatch, value):
    monkeypatch.setenv("XDG_DATA_HOME", value)
    monkeypatch.setenv("HOME", "/home/someone")

    assert search_path(None)[0] == Path("/home/someone/.local/share/visaged/models")


def test_root_writes_to_the_systems_folder_and_a_user_to_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert write_dir(None) == SYSTEM

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert write_dir(None) == tmp_path / "visaged/models"


def test_a_pack_is_found_by_name(made_pack_dir):
    assert load("yunet", made_pack_dir).folder == made_pack_dir / "yunet"


def test_an_unknown_pack_says_where_it_looked_and_what_to_do(tmp_path):
    with pytest.raises(ModelError, match=rf"no model pack 'mine' in {tmp_path}; get one with 'visaged models fetch'"):
        load("mine", tmp_path)


def test_the_pack_that_comes_with_visaged_is_missing_only_where_nobody_looks_for_it(tmp_path, monkeypatch):
    with pytest.raises(
        ModelError, match=rf"no model pack 'open' in {tmp_path}; it comes with visaged: leave out --models"
    ):
        load("open", tmp_path)
    monkeypatch.setattr(store, "search_path", lambda _: [tmp_path])
    with pytest.raises(
        ModelError, match=rf"no model pack 'open' in {tmp_path}; it comes with visaged; install visaged"
    ):
        load("open", None)


@pytest.mark.parametrize("name", ["../models0/yunet", "/etc", "..", ".", "", "yunet/"])
def test_a_name_cannot_lead_out_of_the_folder(made_pack_dir, name):
    with pytest.raises(ModelError, match="no model pack"):
        load(name, made_pack_dir)


def test_only_visible_folders_count_as_packs(tmp_path):
    for name in ("b", "a", ".sources", ".a.xyz.part"):
        (tmp_path / name).mkdir()
    (tmp_path / "registry.toml").touch()

    assert [folder.name for folder in pack_folders(tmp_path)] == ["a", "b"]


def test_a_folder_of_somebody_else_is_passed_over_and_named(made_pack_dir, tmp_path, ordinary_user):
    (tmp_path / "theirs").mkdir(mode=0)
    with ordinary_user():
        assert list(pack_folders(tmp_path / "theirs")) == []
        with pytest.raises(ModelError, match=r"no model pack 'yunet' in .*theirs \(which this user may not read\)"):
            load("yunet", tmp_path / "theirs")


def test_a_user_whom_the_machine_does_not_know_has_the_root_as_home(monkeypatch):
    def unknown():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", unknown)
    assert search_path(None)[0] == Path("/.local/share/visaged/models")
