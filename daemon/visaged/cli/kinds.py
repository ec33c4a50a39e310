"""``-o KIND[,KIND...]``: what a command is to make."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from visaged.errors import UsageError
from visaged.printable import quoted

ALL = "all"
"""Every kind that the model pack has the data for."""

_LONGEST_SHOWN = 40


def chosen_kinds(texts: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """The kinds of all ``texts``, each with one or several between commas, once each and in the order given.

    ``known`` are the kinds there are. Raises UsageError for another one, with the nearest known.
    """
    names = [name.strip() for text in texts for name in text.split(",")]
    return tuple(dict.fromkeys(_known(name, known) for name in names))


def _known(name: str, known: Sequence[str]) -> str:
    if name in known:
        return name
    near = difflib.get_close_matches(name.lower()[:_LONGEST_SHOWN], known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"the kinds are {', '.join(known)}"
    raise UsageError(
        f"-o: there is no kind {quoted(name, _LONGEST_SHOWN)}; {hint}" if name else f"-o: a kind is empty; {hint}"
    )
