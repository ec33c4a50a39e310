"""Secrets that systemd hands over."""

from pathlib import Path

import pytest

from visaged.broker import broker_settings
from visaged.config.schema import MqttSection
from visaged.errors import ConfigError
from visaged.systemd.credentials import file_of


@pytest.fixture
def given(tmp_path):
    (tmp_path / "visaged.mqtt-password").write_text("hunter2\n")
    return {"CREDENTIALS_DIRECTORY": str(tmp_path)}


def test_a_path_is_a_path():
    assert file_of("/etc/visaged/password", {}) == Path("/etc/visaged/password")


def test_a_credential_is_found_by_its_name(given, tmp_path):
    assert file_of("credential:visaged.mqtt-password", given) == tmp_path / "visaged.mqtt-password"


@pytest.mark.parametrize("name", ["", "..", ".", "../shadow", "a/b", "a b"])
def test_a_name_cannot_lead_elsewhere(given, name):
    with pytest.raises(ConfigError, match="names no credential"):
        file_of(f"credential:{name}", given)


def test_without_systemd_the_message_says_what_to_do():
    with pytest.raises(ConfigError, match="LoadCredential="):
        file_of("credential:x", {})


def test_one_that_was_not_handed_over_is_named(given):
    with pytest.raises(ConfigError, match="/etc/credstore/other"):
        file_of("credential:other", given)


def test_the_broker_gets_the_password_and_nobody_sees_it(given, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", given["CREDENTIALS_DIRECTORY"])
    settings = broker_settings(MqttSection(username="pi", password_file="credential:visaged.mqtt-password"), "a")
    assert settings.password == "hunter2"
    assert "hunter2" not in repr(settings)
