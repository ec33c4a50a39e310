"""A pack appears whole, or not at all."""

import multiprocessing

import pytest

from visaged.errors import ModelError
from visaged.models.install import locked, staged


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def write(place, content):
    with staged(place, "made") as folder:
        (folder / "file").write_text(content)


def test_a_pack_appears_when_it_is_complete(tmp_path):
    with staged(tmp_path / "models", "made") as folder:
        (folder / "file").write_text("new")
        assert not (tmp_path / "models/made").exists()

    assert (tmp_path / "models/made/file").read_text() == "new"
    assert names(tmp_path / "models") == ["made"]


def test_a_pack_is_replaced_when_the_new_one_is_complete(tmp_path):
    write(tmp_path, "old")
    with staged(tmp_path, "made") as folder:
        (folder / "file").write_text("new")
        assert (tmp_path / "made/file").read_text() == "old"

    assert (tmp_path / "made/file").read_text() == "new"
    assert names(tmp_path) == ["made"]


def test_a_pack_is_replaced_where_the_file_system_cannot_swap(tmp_path, monkeypatch):
    monkeypatch.setattr("visaged.models.install._exchange", lambda *_: False)
    write(tmp_path, "old")
    write(tmp_path, "new")

    assert (tmp_path / "made/file").read_text() == "new"
    assert names(tmp_path) == ["made"]


def test_a_failed_import_leaves_the_old_pack_and_nothing_else(tmp_path):
    write(tmp_path, "old")

    def fail():
        with staged(tmp_path, "made") as folder:
            (folder / "file").write_text("half")
            raise ModelError("no")

    with pytest.raises(ModelError, match="no"):
        fail()
    assert (tmp_path / "made/file").read_text() == "old"
    assert names(tmp_path) == ["made"]


def test_what_a_killed_import_left_is_cleared_by_the_next(tmp_path):
    (tmp_path / ".made.abc.part").mkdir()
    (tmp_path / ".made.abc.part/file").touch()

    write(tmp_path, "new")
    assert names(tmp_path) == ["made"]


def test_the_daemons_user_can_read_what_a_careful_root_imported(tmp_path):
    with staged(tmp_path, "made") as folder:
        (folder / "file").touch(mode=0o600)

    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "made/file").stat().st_mode & 0o777 == 0o644


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ModelError, match=r"cannot write to .*file/models \(Not a directory\); make room"):
        write(tmp_path / "file/models", "new")


def _hold(folder, held, release):
    with locked(folder):
        held.set()
        release.wait(20)


def test_two_imports_at_once_do_not_meet(tmp_path):
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, held, release))
    other.start()
    try:
        assert held.wait(20)
        with pytest.raises(ModelError, match="another 'visaged models' command is writing"):
            write(tmp_path, "new")
    finally:
        release.set()
        other.join(20)
    write(tmp_path, "new")
