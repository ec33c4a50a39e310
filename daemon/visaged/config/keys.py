"""The schema as a flat table of keys, and the judgement of one value against its key."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any, get_args

import msgspec
from msgspec import inspect

from visaged.config.schema import Config
from visaged.config.use import UNSTATED, Use
from visaged.printable import quoted
from visaged.urls import redact

_LONGEST_SHOWN = 60
_CREDENTIALS = re.compile(r"[^\s/]+@")


@dataclass(frozen=True, slots=True)
class Key:
    """One key: ``type`` is the annotated type of the schema, ``default`` the value that nobody set."""

    path: str
    type: Any
    default: str | int | float | bool
    use: Use

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.partition(".")[2]

    def of(self, config: Config) -> Any:
        """The value that ``config`` has for this key."""
        section, name = self.path.split(".")
        return getattr(getattr(config, section), name)

    @property
    def is_text(self) -> bool:
        """Whether the value is a string, also one of a fixed few."""
        return isinstance(self.default, str)

    def convert(self, value: object) -> Any:
        """``value`` as the schema wants it; ``ValueError`` with what was found and what is expected otherwise."""
        try:
            return msgspec.convert(value, self.type)
        except msgspec.ValidationError as exc:
            raise ValueError(f"{self.path} is {show(value)}; expected {self.expected()}") from exc

    def expected(self) -> str:
        """The permitted values in words, for example ``a whole number from 1 to 65535``."""
        info: Any = inspect.type_info(self.type)
        extra = getattr(info, "extra_json_schema", None) or {}
        return _in_words(getattr(info, "type", info), extra.get("title", "text"))


def _in_words(kind: Any, title: str) -> str:
    if isinstance(kind, inspect.LiteralType):
        return "one of " + ", ".join(f'"{value}"' for value in kind.values)
    if isinstance(kind, inspect.BoolType):
        return "true or false"
    if isinstance(kind, inspect.StrType):
        return title + (", not empty" if kind.min_length else "")
    noun = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
    return f"{noun} from {kind.ge:g} to {kind.le:g}"


def show(value: object) -> str:
    """``value`` as a message shows it: short, on one line, without credentials, with its type in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else "a huge number"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return f"the text {quoted(_without_secrets(value), _LONGEST_SHOWN)}"
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else "a date or time"


def _without_secrets(text: str) -> str:
    """The first line, for a private key has more; and without credentials, in an address or by themselves."""
    first, rest, _ = text.partition("\n")
    return _CREDENTIALS.sub("***@", redact(first)) + ("..." if rest else "")


def _table() -> dict[str, Key]:
    return {
        path: Key(path, field.type, field.default, _use(field.type))
        for section in msgspec.structs.fields(Config)
        for field in msgspec.structs.fields(section.type)
        for path in [f"{section.name}.{field.name}"]
    }


def _use(annotation: Any) -> Use:
    """What is stated there; else what is safe, which no key is left with."""
    return next((item for item in get_args(annotation) if isinstance(item, Use)), UNSTATED)


KEYS = _table()
"""Every key by its path (``section.name``), in the schema's order."""

SECTIONS = tuple(dict.fromkeys(path.split(".")[0] for path in KEYS))


def changed(before: Config, after: Config) -> tuple[Key, ...]:
    """The keys whose values differ: ``{key.use.applies for key in changed(a, b)}`` is all that must be done."""
    return tuple(key for key in KEYS.values() if key.of(before) != key.of(after))


def unknown(path: str) -> str:
    """The sentence about a key path that the schema does not have, with the nearest one that it has."""
    return f"there is no key {quoted(path, _LONGEST_SHOWN)}{_suggestion(path)}"


def _suggestion(path: str) -> str:
    shortened = path[:_LONGEST_SHOWN]
    section, _, name = shortened.rpartition(".")
    if not section:
        known, hint = [*SECTIONS, *KEYS], f"; the sections are {', '.join(SECTIONS)}"
    else:
        known, hint = list(KEYS), ""
    elsewhere = [key for key in KEYS if key.endswith(f".{name}")]
    near = difflib.get_close_matches(shortened, known, n=1, cutoff=0.75) or elsewhere[:1]
    near = near or difflib.get_close_matches(shortened, known, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]}?"
    if section in SECTIONS:
        return f"; [{section}] has " + ", ".join(key.split(".")[1] for key in KEYS if key.startswith(f"{section}."))
    return hint or f"; the sections are {', '.join(SECTIONS)}"
