"""What ``visaged models list`` and ``verify`` tell about a pack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from visaged.errors import ModelError
from visaged.models.pack import Pack, PackIncompleteError


@dataclass(frozen=True, slots=True)
class Condition:
    """A pack as found: ``state`` is ok, unverified, damaged or incomplete; the latter two come with a ``problem``.

    ``size`` in bytes; what a damaged pack does not tell is None.
    """

    name: str
    state: str
    folder: str
    version: str | None = None
    licence: str | None = None
    permitted_use: str | None = None
    size: int | None = None
    problem: str | None = None

    @property
    def usable(self) -> bool:
        return self.problem is None


def examine(folder: Path, read: Callable[[Path], Pack]) -> Condition:
    """Read the pack in ``folder`` with ``load_pack`` (quick) or ``verify_pack`` (every byte)."""
    try:
        pack = read(folder)
    except PackIncompleteError as exc:
        return Condition(folder.name, "incomplete", str(folder), problem=str(exc))
    except ModelError as exc:
        return Condition(folder.name, "damaged", str(folder), problem=str(exc))
    return Condition(
        name=folder.name,
        state="ok" if pack.verified else "unverified",
        folder=str(folder),
        version=pack.version,
        licence=pack.licence,
        permitted_use=pack.permitted_use,
        size=pack.size,
    )
