"""Where snapshots go when nobody says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from visaged import state
from visaged.snapshots import place


def test_the_folder_of_systemd_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two")
    assert place.default_folder() == Path("/var/lib/one/snapshots")


def test_root_uses_the_system_s_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert place.default_folder() == Path("/var/lib/visaged/snapshots")


@pytest.mark.parametrize(
    ("given", "expected"),
    [("/state", "/state/visaged/snapshots"), ("relative", "/home/pi/.local/state/visaged/snapshots")],
)
def test_a_user_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, given: str, expected: str) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", given)
    monkeypatch.setenv("HOME", "/home/pi")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(state, "SYSTEM", Path("/nowhere"))
    assert place.default_folder() == Path(expected)
