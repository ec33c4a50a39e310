"""The JSON Schema, as an editor uses it."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from visaged.config.json_schema import json_schema
from visaged.config.keys import KEYS
from visaged.toml import loads

FILE = Path(__file__).resolve().parents[3] / "config" / "visaged.toml"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_it_is_valid_json_schema_of_the_draft_that_it_names() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("text", ["", FILE.read_text(encoding="utf-8"), "mqtt.topic_root = 'home/visaged'"])
def test_it_takes_what_is_valid(text: str) -> None:
    VALIDATOR.validate(loads(text))


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "mqtt = 1",
        "mqtt.prot = 1",
        "mqtt.port = 0",
        "mqtt.port = 65536",
        "mqtt.port = '1'",
        "mqtt.tls = 1",
        "mqtt.host = ''",
        "mqtt.username = '''a\nb'''",
        "mqtt.topic_root = 'a/#'",
        "log.level = 'loud'",
        "mqtt.keepalive_s = 1.5",
    ],
)
def test_it_refuses_what_is_not(text: str) -> None:
    assert not VALIDATOR.is_valid(loads(text))


@pytest.mark.parametrize("path", KEYS)
def test_each_key_has_words_and_default(path: str) -> None:
    section, name = path.split(".")
    key = json_schema()["properties"][section]["properties"][name]
    assert key["default"] == KEYS[path].default
    assert key["description"]


def test_its_patterns_are_those_of_other_languages_too() -> None:
    assert not [text for text in (r"(?!", r"\ud800") if text in str(json_schema())]
