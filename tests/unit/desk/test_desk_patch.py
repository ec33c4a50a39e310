"""Patches that the desk writes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made.config_values import values
from visaged.config import InvalidConfigError, read_patch
from visaged.config.keys import KEYS
from visaged.config.remote import LARGEST_VERSION
from visaged.desk.errors import DeskError
from visaged.desk.patch import FAR_S, headed, next_version, settings_of, version_of, written
from visaged.state import SYSTEM
from visaged.toml import loads

FAR = 2**52
REMOTE = [path for path, key in KEYS.items() if key.use.access == "remote"]


@given(st.data(), st.lists(st.sampled_from(REMOTE), unique=True), st.integers(1, 2**53))
def test_what_is_written_is_read_back(data: st.DataObject, paths: list[str], version: int) -> None:
    settings: dict[str, Any] = {path: data.draw(values(path)) for path in paths}
    patch = written(settings, version, "group/front")
    assert settings_of(patch, "p") == settings and version_of(patch) == version
    assert read_patch(patch, "p", SYSTEM).version == version


def test_a_file_gets_what_its_head_lacks_and_keeps_its_own() -> None:
    assert headed(b"[track]\nmax_faces = 2\n", "f", 7, "cam") == (
        b'version = 7\ntarget = "cam"\n[track]\nmax_faces = 2\n'
    )
    own = b'version = 3\ntarget = "other"\n'
    assert headed(own, "f", 7, "cam") == own
    assert loads(headed(b"\xef\xbb\xbfversion = 3\n", "f", 7, "cam").decode()) == {"version": 3, "target": "cam"}


def test_a_file_that_is_signed_already_is_not_touched() -> None:
    signed = b"# visaged-signature 0123456789abcdef AAAA\nversion = 3\n"
    assert headed(signed, "f", 7, "cam") is signed


@pytest.mark.parametrize("data", [b"[track]\nmax_faces = 0\n", b"[mqtt]\nhost = 'a'\n", b"[a]\nb = 1\n"])
def test_a_file_that_no_device_would_take_is_not_sent(data: bytes) -> None:
    with pytest.raises(InvalidConfigError):
        headed(data, "f", 7, "cam")


@pytest.mark.parametrize("head", ["", "version = 3\n", "# visaged-signature 0123456789abcdef AAAA\nversion = 3\n"])
def test_what_is_wrong_with_a_file_is_told_with_its_own_lines(head: str) -> None:
    line = head.count("\n") + 3
    with pytest.raises(InvalidConfigError, match=rf"^patch\.toml:{line}: track\.max_faces is 0"):
        headed(f"{head}# few\n[track]\nmax_faces = 0\n".encode(), "patch.toml", 7, "cam")


@given(st.binary(max_size=200))
def test_whatever_is_retained_is_no_reason_to_fail(data: bytes) -> None:
    assert isinstance(version_of(data), int)


@pytest.mark.parametrize("data", [b"\xff", b"version = ", b"="])
def test_what_is_retained_and_no_patch_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(DeskError, match=r"cannot be understood: .*; `push` or `clear` replaces it") as caught:
        settings_of(data, "what is retained")
    assert str(caught.value).count("what is retained") == 1


NOW = 1_800_000_000


@given(st.integers(0, 2**40), st.lists(st.integers(1, NOW + FAR_S)), st.floats(NOW, 2**33))
def test_the_next_version_is_beyond_all_and_never_before_the_time(wanted: int, tried: list[int], now: float) -> None:
    version = next_version(wanted, tried, now)
    assert all(version > one for one in [wanted, *tried]) and version >= int(now)


@pytest.mark.parametrize(
    ("tried", "is_believed"),
    [([FAR], True), ([FAR, 7], False), ([FAR, FAR], True), ([FAR, 7, 8], False), ([FAR, 7, FAR], True)],
)
def test_one_device_alone_cannot_use_up_the_versions_of_a_group(tried: list[int], is_believed: bool) -> None:
    assert next_version(7, tried, NOW) == (FAR + 1 if is_believed else NOW)


def test_where_no_version_is_left_it_is_said_how_to_begin_again() -> None:
    assert next_version(LARGEST_VERSION - 1, [], NOW) == LARGEST_VERSION
    with pytest.raises(DeskError, match=r"no version after 9007199254740992; .* remove remote-\*\.json"):
        next_version(LARGEST_VERSION, [], NOW)


def test_paths_are_for_the_device_to_judge_which_knows_its_folder() -> None:
    assert b"/var/lib/visaged-left/" in written({"snapshot.folder": "/var/lib/visaged-left/depth"}, 1, "cam")
