"""What was perhaps meant by a key that does not exist."""

from __future__ import annotations

import difflib

from visaged.config.keys import KEYS, SECTIONS
from visaged.config.wording import LONGEST_SHOWN
from visaged.printable import quoted


def unknown(path: str) -> str:
    """The sentence about a key path that the schema does not have, with the nearest one that it has."""
    return f"there is no key {quoted(path, LONGEST_SHOWN)}{_suggestion(path)}"


def _suggestion(path: str) -> str:
    shortened = path[:LONGEST_SHOWN]
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
