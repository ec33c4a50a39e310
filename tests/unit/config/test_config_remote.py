"""The layer that came from afar: what it may set, and what is said of what it may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from visaged.config import InvalidConfigError, read_patch
from visaged.config.keys import KEYS
from visaged.config.manual import manual
from visaged.config.settings import Setting

STATE = Path("/var/lib/visaged")


def found(text: str) -> list[str]:
    with pytest.raises(InvalidConfigError) as caught:
        read_patch(text.encode(), "desired", STATE)
    return str(caught.value).split("\n")


def test_a_patch_has_its_version_and_settings_with_their_lines() -> None:
    patch = read_patch(b"version = 7\n\n[track]\nmax_faces = 2\n", "desired", STATE)
    assert patch.version == 7
    assert patch.settings == (Setting("track.max_faces", 2, "desired:4", "remote"),)


def test_a_patch_of_nothing_is_a_patch() -> None:
    assert read_patch(b"version = 1", "desired", STATE).settings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "desired: the patch has no version; it begins with version = N"),
        ("version = 0", "desired:1: version is 0; it begins with version = N"),
        ("\nversion = true", "desired:2: version is true; it begins with version = N"),
        ("version = '1'", 'desired:1: version is the text "1"; it begins with version = N'),
        ("version = 9007199254740993", "desired:1: version is 9007199254740993; it begins with version = N"),
        ("[version]\na = 1", "desired:1: version is a table; it begins with version = N"),
        ("version = 1\nmqtt.port", "desired:2:10: this is not valid TOML: "),
        ("version = 1\n[mqtt]\nprot = 1", 'desired:3: there is no key "mqtt.prot"; did you mean mqtt.port?'),
        ("version = 1\ntrack.max_faces = 0", "desired:2: track.max_faces is 0; expected a whole number from 1 to 32"),
        ("version = 1\nmqtt.host = 'b'", "desired:2: mqtt.host may not be set from afar; set it on the device"),
        ("version = 1\nmqtt.host = 5", "desired:2: mqtt.host may not be set from afar; set it on the device"),
    ],
)
def test_what_is_no_patch_is_said_with_line_and_reason(text: str, expected: str) -> None:
    (problem,) = found(text)
    assert problem.startswith(expected)


def test_a_patch_that_is_no_text_is_said_with_its_line() -> None:
    with pytest.raises(InvalidConfigError, match=r"^desired:2: the text is not UTF-8 \(byte 0xff\)"):
        read_patch(b"version = 1\n\xff", "desired", STATE)


def test_a_patch_of_any_size_is_not_read() -> None:
    with pytest.raises(InvalidConfigError, match=r"^desired: more than 32 KiB of text is no patch$"):
        read_patch(b"version = 1\n" + b"#" * 32 * 1024, "desired", STATE)


def test_all_problems_of_a_patch_are_listed_with_their_keys() -> None:
    with pytest.raises(InvalidConfigError) as caught:
        read_patch(b"version = 1\nmqtt.tls = false\nlog.level = 'loud'\nlog.colour = 1\n", "desired", STATE)
    assert [problem.keys for problem in caught.value.problems] == [("mqtt.tls",), ("log.level",), ("log.colour",)]


LOCAL = {"device.id", "mqtt.commands", "mqtt.topic_root"}
CREDENTIALS = {"mqtt.host", "mqtt.port", "mqtt.client_id", "mqtt.username", "mqtt.password_file"}


def test_who_the_device_is_its_broker_and_its_credentials_are_never_set_from_afar() -> None:
    tls = {path for path in KEYS if path.startswith("mqtt.tls")}
    files = {path for path in KEYS if path.endswith(("_file", "_dir", "folder", "uri"))}
    assert {path for path, key in KEYS.items() if key.use.access == "local"} >= LOCAL | CREDENTIALS | tls
    assert not [path for path in files if KEYS[path].use.access == "remote"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("snapshot.folder", ""),
        ("snapshot.folder", "/var/lib/visaged/snapshots"),
        ("model.models_dir", "/var/lib/visaged/models"),
        ("source.uri", "/var/lib/visaged/demo.mp4"),
        ("source.uri", "0"),
        ("source.uri", "/dev/video2"),
        ("source.uri", "/dev/v4l/by-id/usb-cam-index0"),
        ("source.uri", "synthetic:1"),
        ("source.uri", "rtsp://cam/1"),
    ],
)
def test_a_path_inside_the_state_directory_or_a_camera_may_be_set_from_afar(path: str, value: str) -> None:
    assert read_patch(f"version = 1\n{path} = '{value}'".encode(), "desired", STATE).settings[0].value == value


@pytest.mark.parametrize("value", re.findall(r'"([^"]+)"', manual()["source.uri"]))
def test_every_kind_of_camera_and_address_that_there_is_may_be_set_from_afar(value: str) -> None:
    read_patch(f"version = 1\nsource.uri = '{value.replace('...', 'x')}'".encode(), "desired", STATE)


@pytest.mark.parametrize("path", ["snapshot.folder", "model.models_dir", "source.uri"])
@pytest.mark.parametrize(
    "value", ["/etc", "/var/lib/visaged/../x", "/var/lib/visaged2", "a.mp4", "~", "/", ".", "//var/lib/visaged/x"]
)
def test_a_path_outside_the_state_directory_may_not(path: str, value: str) -> None:
    (problem,) = found(f"version = 1\n{path} = '{value}'")
    assert problem.startswith(f'desired:2: {path} is the text "{value}"; from afar it may be ')
    assert problem.endswith("a path inside /var/lib/visaged only")


@pytest.mark.parametrize("value", ["0", "synthetic", "/dev/video0", "http://b/x"])
def test_what_is_a_camera_as_a_source_is_a_path_elsewhere(value: str) -> None:
    assert found(f"version = 1\nsnapshot.folder = '{value}'")[0].startswith("desired:2: snapshot.folder is the text")


@pytest.mark.parametrize(
    "value", ["/dev/mem", "/dev/../etc", "/dev/v4l/by-id/../../sda", "/dev/v4l/by-id/..", "file:///etc", "concat:/a"]
)
def test_not_everything_that_looks_like_a_camera_is_one(value: str) -> None:
    assert found(f"version = 1\nsource.uri = '{value}'")[0].startswith("desired:2: source.uri is the text")


def test_credentials_in_a_refused_address_are_not_repeated() -> None:
    assert "secret" not in found("version = 1\nsource.uri = 'ftp://me:secret@cam/1'")[0]
