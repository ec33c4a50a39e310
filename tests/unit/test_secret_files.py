"""Secrets that every user may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from visaged.config.schema import MqttSection
from visaged.secret_files import exposed


@pytest.mark.parametrize(("mode", "told"), [(0o600, 0), (0o640, 0), (0o644, 1), (0o604, 1)])
def test_a_file_that_others_may_read_is_told(tmp_path: Path, mode: int, told: int) -> None:
    file = tmp_path / "secret"
    file.write_text("hunter2")
    file.chmod(mode)
    sentences = exposed(MqttSection(username="u", password_file=str(file)))
    assert len(sentences) == told
    assert all(f"{file}, the mqtt.password_file, may be read" in sentence for sentence in sentences)
    assert len(exposed(MqttSection(tls_key_file=str(file)))) == told
    assert "hunter2" not in str(sentences)


@pytest.mark.parametrize("place", ["", "/nowhere/at/all", "credential:none", "credential:../x"])
def test_what_is_not_there_is_not_told(place: str) -> None:
    assert exposed(MqttSection(password_file=place)) == []
