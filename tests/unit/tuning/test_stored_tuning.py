"""``tuning.toml``: written whole, read strictly."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged import state
from visaged.toml import loads
from visaged.tuning import stored
from visaged.tuning.stored import Chosen, Key, Measured, Tuning, TuningError

TUNING = Tuning(
    1, Key('Pi \u00e9 "4"\\ \t', "1.23.0", "ab" * 32), Chosen(2, True, False), Measured(1.7e9, 30, 29.9, 41, 5, 9)
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setattr(state, "SYSTEM", tmp_path / "system")
    return stored.place()


def test_what_is_written_is_read_again(place):
    assert stored.write(TUNING) == place
    assert stored.read() == TUNING
    assert [file.name for file in place.parent.iterdir()] == ["tuning.toml"]


def test_it_replaces_what_was_there(place):
    stored.write(Tuning(1, TUNING.key, Chosen(1, False, True), TUNING.measured))
    stored.write(TUNING)
    assert stored.read() == TUNING


def test_nothing_written_is_nothing_read(place):
    assert stored.read() is None


def test_what_root_has_measured_counts_for_everybody(place, tmp_path, monkeypatch):
    with monkeypatch.context() as root:
        root.setenv("STATE_DIRECTORY", str(state.SYSTEM))
        stored.write(TUNING)
    assert stored.read() == TUNING


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("threads = 2", "threads = 0"),
        lambda text: text.replace("threads = 2", 'threads = "2"'),
        lambda text: text.replace("version = 1", "version = 2"),
        lambda text: text + "more = 1\n",
        lambda text: "\x00\xff" + text,
        lambda text: "a" * 100_000,
        lambda text: "a = " + "[" * 20_000,
    ],
)
def test_a_damaged_file_is_one_sentence(place, spoil):
    stored.write(TUNING)
    place.write_text(spoil(place.read_text()), encoding="latin-1")
    with pytest.raises(TuningError, match=r"tuning\.toml is damaged \(.*run `visaged tune` again") as caught:
        stored.read()
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=200))
def test_no_bytes_are_worse_than_damaged(place, content):
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)
    with pytest.raises(TuningError):
        stored.read()


def write_it():
    stored.write(TUNING)


@pytest.mark.parametrize("how", [stored.try_writing, write_it])
def test_a_folder_that_cannot_be_written_is_one_sentence(place, how):
    place.parent.parent.mkdir(exist_ok=True)
    place.parent.write_text("a file where the folder should be")
    with pytest.raises(TuningError, match=r"cannot write .*tuning\.toml: .*; set STATE_DIRECTORY to another folder"):
        how()


def test_trying_whether_it_can_be_written_leaves_what_was_there(place):
    stored.try_writing()
    assert list(place.parent.iterdir()) == []
    stored.write(TUNING)
    stored.try_writing()
    assert stored.read() == TUNING
    assert [file.name for file in place.parent.iterdir()] == ["tuning.toml"]


def test_who_may_not_write_there_is_told_to_use_sudo(place, ordinary_user):
    place.parent.mkdir(mode=0o755)
    with ordinary_user(), pytest.raises(TuningError, match="permission denied; use sudo, and tune again"):
        stored.try_writing()


def test_what_a_service_has_measured_for_itself_counts_for_nobody_else(place, monkeypatch, ordinary_user):
    state.SYSTEM.mkdir()
    (state.SYSTEM / "tuning.toml").touch(mode=0)
    with ordinary_user(), monkeypatch.context() as user:
        user.setenv("STATE_DIRECTORY", "/nowhere")
        assert stored.read() is None


def test_an_own_file_that_cannot_be_read_is_one_sentence(place, ordinary_user):
    stored.write(TUNING)
    place.chmod(0)
    with ordinary_user(), pytest.raises(TuningError, match=r"cannot read .*permission denied"):
        stored.read()


def test_the_daemons_user_may_read_what_root_has_measured(place):
    before = os.umask(0o077)
    try:
        stored.write(TUNING)
    finally:
        os.umask(before)
    assert place.stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_what_was_there(place, monkeypatch):
    stored.write(TUNING)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TuningError, match="no space left on device; make room there, and tune again"):
        stored.write(Tuning(1, TUNING.key, Chosen(1, False, True), TUNING.measured))
    assert stored.read() == TUNING
    assert [file.name for file in place.parent.iterdir()] == ["tuning.toml"]


def test_it_says_who_wrote_it(place):
    stored.write(TUNING)
    assert place.read_text().startswith("# Written by `visaged tune`")
    assert loads(place.read_text())["chosen"] == {"threads": 2, "spinning": True, "arena": False}
