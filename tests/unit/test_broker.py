"""The mqtt table of the configuration, as the MQTT side is told of it."""

import pytest

from visaged.broker import broker_settings
from visaged.config import load
from visaged.errors import ConfigError


def mqtt(*sets):
    return load(None, list(sets)).config.mqtt


def test_empty_texts_are_none_and_the_client_is_named_after_the_device():
    settings = broker_settings(mqtt(), "visaged-cam")
    assert settings.client_id == "visaged-cam"
    assert settings.username is settings.password is settings.ca_file is settings.cert_file is settings.key_file is None


def test_a_client_id_of_the_configuration_wins():
    assert broker_settings(mqtt("mqtt.client_id=me"), "cam").client_id == "me"


def test_the_password_is_the_first_line_of_its_file(tmp_path):
    (tmp_path / "password").write_text("p\u00e4ss\u2028word\f \r\nmore\n", encoding="utf-8")
    settings = broker_settings(mqtt("mqtt.username=u", f'mqtt.password_file="{tmp_path / "password"}"'), "cam")
    assert settings.password == "p\u00e4ss\u2028word\f "


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "cannot be read: No such file"),
        (b"", "has no first line"),
        (b"\nsecret\n", "has no first line"),
        (b"\xff\xfe", "cannot be read: it is not UTF-8"),
    ],
)
def test_a_password_file_that_holds_no_password_is_named(tmp_path, content, expected):
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=rf"The password file {path} {expected}") as caught:
        broker_settings(mqtt("mqtt.username=u", f'mqtt.password_file="{path}"'), "cam")
    assert "secret" not in str(caught.value)
