"""The command line layer, and combinations across layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.config import load
from visaged.errors import ConfigError

Problems = Callable[..., list[str]]
Written = Callable[[str | bytes], Path]


@pytest.mark.parametrize(
    ("assignment", "section", "name", "expected"),
    [
        ("mqtt.host=127.0.0.1", "mqtt", "host", "127.0.0.1"),
        ("mqtt.host=::1", "mqtt", "host", "::1"),
        ("source.uri=0", "source", "uri", "0"),
        ('source.uri="0"', "source", "uri", "0"),
        ("source.uri=/a b/c=d.mp4", "source", "uri", "/a b/c=d.mp4"),
        ("source.uri=true", "source", "uri", "true"),
        ("mqtt.protocol=5", "mqtt", "protocol", "5"),
        ("mqtt.protocol=3.1.1", "mqtt", "protocol", "3.1.1"),
        ("mqtt.username=", "mqtt", "username", ""),
        ("mqtt.port=1884", "mqtt", "port", 1884),
        (" mqtt.port = 1884 ", "mqtt", "port", 1884),
        ("mqtt.connect_timeout_s=2", "mqtt", "connect_timeout_s", 2.0),
        ("source.loop=true", "source", "loop", True),
        ("device.id=1e3", "device", "id", "1e3"),
    ],
)
def test_a_value_is_read_as_its_key_needs_it(
    written: Written, assignment: str, section: str, name: str, expected: object
) -> None:
    loaded = load(written(""), [assignment])
    assert getattr(getattr(loaded.config, section), name) == expected
    assert loaded.origin[f"{section}.{name}"] == "--set"


def test_the_command_line_wins_over_the_file_and_the_last_word_counts(written: Written) -> None:
    file = written("[mqtt]\nport = 1\n")
    assert load(file, ["mqtt.port=2", "mqtt.port=3"]).config.mqtt.port == 3


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("mqtt.port", "--set mqtt.port: write it as KEY=VALUE, for example --set mqtt.port=1884"),
        ("=1", "--set =1: write it as KEY=VALUE, for example --set mqtt.port=1884"),
        ("mqtt.prot=1", '--set: there is no key "mqtt.prot"; did you mean mqtt.port?'),
        ("mqtt.port=many", '--set: mqtt.port is the text "many"; expected a whole number from 1 to 65535'),
        ("mqtt.port=1\nb=2", '--set: mqtt.port is the text "1..."; expected a whole number from 1 to 65535'),
        ("source.loop=yes", '--set: source.loop is the text "yes"; expected true or false'),
        ("mqtt=1", "--set: mqtt is 1; it is a section with keys of its own, [mqtt]"),
        (
            "source.uri=",
            '--set: source.uri is the text ""; expected text of up to 1024 characters on one line, not empty',
        ),
        (
            "mqtt.username=\udcff",
            '--set: mqtt.username is the text "?"; expected text of up to 1024 characters on one line',
        ),
    ],
)
def test_a_wrong_assignment_is_one_sentence(problems: Problems, assignment: str, expected: str) -> None:
    assert problems("", assignment) == [expected]


@pytest.mark.parametrize(
    ("sets", "keys"),
    [
        (["source.retry_min_s=40"], ("source.retry_min_s", "source.retry_max_s")),
        (["mqtt.backoff_max_s=0.1"], ("mqtt.backoff_min_s", "mqtt.backoff_max_s")),
        (["source.width=640"], ("source.width", "source.height")),
        (["mqtt.tls=true", "mqtt.tls_cert_file=/c"], ("mqtt.tls_cert_file", "mqtt.tls_key_file")),
        (["mqtt.tls_ca_file=/c"], ("mqtt.tls_ca_file", "mqtt.tls ")),
        (["mqtt.password_file=/p"], ("mqtt.password_file", "mqtt.username")),
        (["smooth.raw=true", "smooth.mode=off"], ("smooth.raw", "smooth.mode")),
    ],
)
def test_an_impossible_combination_names_both_keys(problems: Problems, sets: list[str], keys: tuple[str, str]) -> None:
    (problem,) = problems("", *sets)
    assert problem.startswith("--set: ")
    assert all(key in problem for key in keys)


def test_a_combination_across_layers_names_both_places(problems: Problems) -> None:
    (problem,) = problems("[source]\nretry_max_s = 5", "source.retry_min_s=6")
    assert problem == "--set, a.toml:2: source.retry_min_s (6) is larger than source.retry_max_s (5)"


def test_no_device_is_called_as_the_topics_of_groups_are() -> None:
    with pytest.raises(ConfigError, match=r'device\.id is the text "group"; expected .* and not group'):
        load(None, ["device.id=group"])
    assert load(None, ["device.id=groups"]).config.device.id == "groups"
