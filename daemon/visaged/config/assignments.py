"""``--set KEY=VALUE`` as settings."""

from __future__ import annotations

from visaged.config.keys import KEYS
from visaged.config.problems import InvalidConfigError, Problem
from visaged.config.settings import Setting
from visaged.toml import loads

WHERE = "--set"


def parse(assignment: str) -> Setting:
    """``mqtt.port=1884`` as a setting.

    The value is a TOML value; for a key that holds text a bare word will do, so ``source.uri=0`` is the text "0".
    ``InvalidConfigError`` where there is no ``=``.
    """
    path, separator, value = assignment.partition("=")
    if not separator or not path.strip():
        raise InvalidConfigError(
            Problem(f"--set {assignment}", "write it as KEY=VALUE, for example --set mqtt.port=1884")
        )
    return Setting(path.strip(), _value(path.strip(), value.strip()), WHERE, "command line")


def _value(path: str, text: str) -> object:
    value = _toml_value(text)
    if path in KEYS and KEYS[path].is_text and not isinstance(value, str):
        return text
    return value


def _toml_value(text: str) -> object:
    try:
        document = loads(f"value = {text}")
    except (ValueError, RecursionError):  # no TOML value: a bare word, judged against the key's type later
        return text
    return document["value"] if len(document) == 1 else text
