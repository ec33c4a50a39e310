"""Text that may come from anybody, made fit for a message or a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """``text`` with a question mark for each character that would not be seen, or would do more than be seen."""
    return "".join(c if c.isprintable() else "?" for c in text)


def quoted(text: str, longest: int) -> str:
    """``text`` between quotation marks, cut where it has more than ``longest`` characters."""
    shortened = text if len(text) <= longest else text[:longest] + "..."
    return f'"{printable(shortened)}"'
