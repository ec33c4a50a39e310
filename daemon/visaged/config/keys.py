"""The schema as a flat table of keys, each of which judges its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from visaged.config.schema import Config
from visaged.config.use import UNSTATED, Use
from visaged.config.wording import permitted, show


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
        return permitted(self.type)


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
