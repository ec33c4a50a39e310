"""The files on the device, and which layer wins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.config import layers, load, read_patch
from visaged.errors import ConfigError

STATE = Path("/var/lib/visaged")
Written = Callable[[str | bytes], Path]


def small(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands for /etc/visaged."""
    monkeypatch.setattr(layers, "SYSTEM_FILE", tmp_path / "visaged.toml")
    return tmp_path


def test_each_layer_wins_over_the_one_before_and_says_so(written: Written) -> None:
    file = written("[detect]\nsize = 1\ninterval = 1\n[track]\nmax_faces = 1\nlost_after = 1\n")
    drop = small(file.with_name("a.toml.d"), "1.toml", "detect.interval = 2\ntrack.max_faces = 2\ntrack.lost_after = 2")
    patch = read_patch(b"version = 1\ntrack.max_faces = 3\ntrack.lost_after = 3", "remote.toml", STATE)
    loaded = load(file, ["track.lost_after=4"], patch)
    paths = ["track.verify_interval", "detect.size", "detect.interval", "track.max_faces", "track.lost_after"]
    assert [loaded.layer[path] for path in paths] == ["default", "file", "conf.d", "remote", "command line"]
    expected = ["default", f"{file}:2", f"{drop}:1", "remote.toml:2", "--set"]
    assert [loaded.origin[path] for path in paths] == expected
    track = loaded.config.track
    assert (loaded.config.detect.interval, track.max_faces, track.lost_after) == (2, 3, 4)


def test_small_files_are_read_in_the_order_of_their_names(written: Written) -> None:
    file = written("")
    for name, faces in (("20.toml", 2), ("10.toml", 1), ("9.toml", 3)):
        small(file.with_name("a.toml.d"), name, f"track.max_faces = {faces}")
    assert load(file, []).config.track.max_faces == 3


def test_only_visible_toml_files_are_read(written: Written) -> None:
    file = written("")
    for name in (".10.toml", "10.toml~", "10.toml.bak", "README"):
        small(file.with_name("a.toml.d"), name, "no TOML")
    assert load(file, []).config.track.max_faces == 4


def test_the_system_file_has_conf_d_which_needs_no_system_file(system: Path) -> None:
    small(system / "conf.d", "broker.toml", "mqtt.host = 'b'")
    assert load(None, []).config.mqtt.host == "b"
    (system / "visaged.toml").write_text("mqtt.host = 'a'\nmqtt.port = 1", encoding="utf-8")
    mqtt = load(None, []).config.mqtt
    assert (mqtt.host, mqtt.port) == ("b", 1)


def test_the_file_of_another_daemon_has_a_folder_of_its_own(system: Path) -> None:
    small(system / "conf.d", "a.toml", "mqtt.port = 1")
    small(system / "rear.toml.d", "a.toml", "mqtt.port = 2")
    front = small(system, "front.toml", "mqtt.host = 'b'")
    assert load(front, []).config.mqtt.port == 1883
    small(system / "front.toml.d", "a.toml", "mqtt.port = 3")
    assert load(front, []).config.mqtt.port == 3


def test_a_problem_in_a_small_file_is_said_with_that_file(problems: Callable[..., list[str]], tmp_path: Path) -> None:
    small(tmp_path / "a.toml.d", "b.toml", "\ntrack.max_faces = 0")
    found = problems("[track]\nmax_faces = 99", "track.max_faces=2")
    expected = "track.max_faces is {}; expected a whole number from 1 to 32"
    assert found == [f"a.toml:2: {expected.format(99)}", f"a.toml.d/b.toml:2: {expected.format(0)}"]


def test_a_file_in_the_place_of_the_folder_is_no_secret(written: Written, tmp_path: Path) -> None:
    file = written("")
    (tmp_path / "a.toml.d").write_text("mqtt.host = 'b'", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"a\.toml\.d: cannot be read: Not a directory$"):
        load(file, [])


def test_a_small_file_that_leads_nowhere_is_named(written: Written, tmp_path: Path) -> None:
    file = written("")
    (tmp_path / "a.toml.d").mkdir()
    (tmp_path / "a.toml.d" / "b.toml").symlink_to("nowhere")
    with pytest.raises(ConfigError, match=r"b\.toml: cannot be read: No such file or directory$"):
        load(file, [])


def test_a_combination_that_two_layers_make_impossible_names_both(written: Written) -> None:
    patch = read_patch(b"version = 1\nsource.retry_min_s = 40", "remote.toml", STATE)
    with pytest.raises(ConfigError, match=r"^remote\.toml:2, --set: source\.retry_min_s \(40\) is larger"):
        load(written(""), ["source.retry_max_s=39"], patch)
