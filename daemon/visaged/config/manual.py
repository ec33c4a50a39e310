"""What is said about each key: the comments of the default file, ``config/visaged.toml``."""

from __future__ import annotations

import re
from functools import cache

from visaged import resources

_HEADER = re.compile(r"\[(\w+)\]")
_KEY = re.compile(r"(\w+) = ")
_DEFAULT = re.compile(r"""\s*Default: ("[^"]*"|\S+)$""")


@cache
def manual() -> dict[str, str]:
    """The words about each key by its path, without its default, as one line."""
    words: dict[str, str] = {}
    section, comment = "", list[str]()
    for line in resources.text("visaged.toml").splitlines():
        if line.startswith("#"):
            comment.append(line[1:].strip())
            continue
        if header := _HEADER.match(line):
            section = header[1]
        if key := _KEY.match(line):
            words[f"{section}.{key[1]}"] = _DEFAULT.sub("", " ".join(comment))
        comment = []
    return words
