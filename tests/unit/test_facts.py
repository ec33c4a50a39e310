"""Configuration and packs, as the MQTT side is told of them."""

from dataclasses import replace

import pytest

from visaged.config import load
from visaged.errors import ConfigError
from visaged.facts import broker_settings, facts
from visaged.vision.assembly import open_vision


@pytest.fixture(scope="module")
def config(made_pack_dir):
    sets = [f'model.models_dir="{made_pack_dir}"', 'source.uri="rtsp://me:secret@cam/1"', "detect.interval=12"]
    return load(None, sets).config


@pytest.fixture(scope="module")
def vision(config):
    return open_vision(config)


def mqtt(*sets):
    return load(None, list(sets)).config.mqtt


def test_info_names_the_packs_and_the_detector(config, vision):
    info = facts(config, vision)
    assert (info.pack, info.pack_licence) == ("3ddfa_v2", vision.pack.licence)
    assert info.detector == f"yunet of pack yunet {vision.detector_pack.version}"
    assert info.tuning == {"threads": 1, "detect_interval": 12}
    assert {"visaged", "python", "onnxruntime", "opencv", "numpy"} <= set(info.versions)


def test_a_password_in_the_sources_address_is_not_told(config, vision):
    assert "secret" not in facts(config, vision).source
    assert "cam/1" in facts(config, vision).source


@pytest.mark.parametrize(
    ("face", "detector", "expected"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_packs_are_verified_where_both_are(config, vision, face, detector, expected):
    packs = {
        "pack": replace(vision.pack, verified=face),
        "detector_pack": replace(vision.detector_pack, verified=detector),
    }
    assert facts(config, replace(vision, **packs)).pack_verified is expected


def test_empty_texts_are_none_and_the_client_is_named_after_the_device():
    settings = broker_settings(mqtt(), "cam")
    assert settings.client_id == "visaged-cam"
    assert settings.username is settings.password is settings.ca_file is settings.cert_file is settings.key_file is None


def test_a_client_id_of_the_configuration_wins():
    assert broker_settings(mqtt("mqtt.client_id=me"), "cam").client_id == "me"


def test_the_password_is_the_first_line_of_its_file(tmp_path):
    (tmp_path / "password").write_text("p\u00e4ss word \nmore\n", encoding="utf-8")
    settings = broker_settings(mqtt("mqtt.username=u", f'mqtt.password_file="{tmp_path / "password"}"'), "cam")
    assert settings.password == "p\u00e4ss word "


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, "No such file"), (b"", "is empty"), (b"\nsecret\n", "is empty"), (b"\xff\xfe", "not UTF-8")],
)
def test_a_password_file_that_holds_no_password_is_named(tmp_path, content, expected):
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=rf"mqtt\.password_file: .*password.*{expected}") as caught:
        broker_settings(mqtt("mqtt.username=u", f'mqtt.password_file="{path}"'), "cam")
    assert "secret" not in str(caught.value)
