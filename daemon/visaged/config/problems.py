"""What is wrong with a configuration: every problem at once, each with its place and its keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from visaged.errors import ConfigError

_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``where``: ``FILE:LINE`` or the like; ``keys``: the paths of the keys it is about."""

    where: str
    sentence: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"


class InvalidConfigError(ConfigError):
    """A configuration that cannot be used for ``problems``, at most 20 of them; its message has one a line."""

    def __init__(self, *problems: Problem, are_all: bool = True) -> None:
        lines = [str(problem) for problem in problems]
        if not are_all:
            lines.append(f"only the first {len(problems)} problems are listed")
        super().__init__("\n".join(lines))
        self.problems = problems


def raise_if_any(problems: Iterator[Problem]) -> None:
    """Raise ``InvalidConfigError`` with what ``problems`` gives."""
    listed = list(islice(problems, _MOST_PROBLEMS))
    if listed:
        raise InvalidConfigError(*listed, are_all=next(problems, None) is None)
