"""Files that appear when all of them are written."""

import os
import signal
import stat
from pathlib import Path

import pytest

from visaged.errors import UsageError
from visaged.output.output_folder import OutputFolder, OutputFolderError


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_appear_when_all_are_written(tmp_path):
    with OutputFolder(tmp_path / "a/b").together() as batch:
        batch.add("one", b"1")
        batch.add("two", b"2")
        assert not (tmp_path / "a/b/one").exists()
    assert content(tmp_path / "a/b") == {"one": b"1", "two": b"2"}
    assert batch.paths == [tmp_path / "a/b/one", tmp_path / "a/b/two"]


def test_nothing_is_left_of_files_whose_last_one_failed(tmp_path):
    (tmp_path / "one").write_bytes(b"before")
    with pytest.raises(KeyError), OutputFolder(tmp_path).together() as batch:
        batch.add("one", b"1")
        raise KeyError
    assert content(tmp_path) == {"one": b"before"}


def test_a_signal_between_two_files_waits_until_both_have_their_places(tmp_path, monkeypatch):
    move = Path.replace

    def interrupted_move(part, target):
        move(part, target)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Path, "replace", interrupted_move)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        _write_two(tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)
    assert content(tmp_path) == {"one": b"1", "two": b"2"}


def _write_two(folder):
    with pytest.raises(KeyboardInterrupt), OutputFolder(folder).together() as batch:
        batch.add("one", b"1")
        batch.add("two", b"2")


def test_what_is_there_is_replaced_in_one_step(tmp_path):
    (tmp_path / "one").write_bytes(b"before")
    with (tmp_path / "one").open("rb") as reader:
        with OutputFolder(tmp_path).together() as batch:
            batch.add("one", b"after")
        assert reader.read() == b"before"  # whoever reads it sees one or the other
    assert content(tmp_path) == {"one": b"after"}


def test_files_can_be_read_by_whom_the_umask_allows(tmp_path):
    before = os.umask(0o027)
    try:
        with OutputFolder(tmp_path).together() as batch:
            batch.add("one", b"1")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o640


def test_a_file_that_is_read_is_never_replaced(tmp_path):
    (tmp_path / "in.png").write_bytes(b"picture")
    (tmp_path / "link").symlink_to(tmp_path)
    folder = OutputFolder(tmp_path / "link", [tmp_path / "in.png"])
    with pytest.raises(UsageError, match="is read, and would be replaced"), folder.together() as batch:
        batch.add("other.png", b"1")
        batch.add("in.png", b"2")
    assert (tmp_path / "in.png").read_bytes() == b"picture"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.png", "link"]


def test_a_folder_in_a_files_place_is_named(tmp_path):
    (tmp_path / "one").mkdir()
    with pytest.raises(OutputFolderError, match="one is a folder"), OutputFolder(tmp_path).together() as batch:
        batch.add("one", b"1")


@pytest.mark.parametrize("name", ["file", "file/below", "broken"])
def test_a_place_that_can_be_no_folder_is_one_sentence(tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere/else")
    with pytest.raises(OutputFolderError) as refused:
        OutputFolder(tmp_path / name)
    sentence = str(refused.value)
    assert sentence.startswith(f"cannot write to {tmp_path / name}: ") and sentence.endswith("; choose another --out")


def test_a_name_that_is_too_long_is_one_sentence(tmp_path):
    with (
        pytest.raises(OutputFolderError, match="name too long; use shorter"),
        OutputFolder(tmp_path).together() as batch,
    ):
        batch.add("x" * 300, b"1")
    assert content(tmp_path) == {}


def test_links_in_a_circle_are_no_obstacle(tmp_path):
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with OutputFolder(tmp_path, [tmp_path / "circle"]).together() as batch:
        batch.add("one", b"1")
    with OutputFolder(tmp_path).together() as batch:
        batch.add("circle", b"1")
    assert content(tmp_path) == {"one": b"1", "circle": b"1"}
