"""Values that a key of the configuration takes, for Hypothesis."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
from hypothesis import strategies as st

from visaged.config.keys import KEYS


def values(path: str) -> st.SearchStrategy[Any]:
    """Valid values of one key, straight from its bounds in the schema."""
    kind: Any = msgspec.inspect.type_info(KEYS[path].type)
    kind = getattr(kind, "type", kind)
    if isinstance(kind, msgspec.inspect.LiteralType):
        return st.sampled_from(kind.values)
    if isinstance(kind, msgspec.inspect.BoolType):
        return st.booleans()
    if isinstance(kind, msgspec.inspect.IntType):
        return st.integers(kind.ge, kind.le)
    if isinstance(kind, msgspec.inspect.FloatType):
        return st.floats(kind.ge, kind.le)
    texts = st.from_regex(kind.pattern, fullmatch=True, alphabet=st.characters()) | st.text(min_size=1, max_size=20)
    return texts.filter(lambda text: "@" not in text and _is_valid(path, text))


def _is_valid(path: str, text: str) -> bool:
    with suppress(ValueError):
        return bool(KEYS[path].convert(text) == text)
    return False
