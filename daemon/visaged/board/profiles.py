"""What suits each board, until somebody has measured it: reads ``config/boards.toml``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from visaged import resources
from visaged.board.cores import Core, big
from visaged.board.governor import DIVISORS
from visaged.board.identity import Identity
from visaged.toml import loads

FILE = "boards.toml"

Degrees = Annotated[float, Meta(ge=30, le=110)]


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``threads`` for the networks, and whether these keep their memory (``arena``) and run on the big cores only.

    ``step_down_c``: the temperatures in degrees Celsius at which the governor takes its steps. ``compatible`` (words of
    the device tree) or ``cores`` (kinds of the big cores) say which boards are meant; the one with neither is for all
    others.
    """

    name: str
    threads: Annotated[int, Meta(ge=1, le=64)]
    arena: bool
    big_cores: bool
    step_down_c: Annotated[tuple[Degrees, ...], Meta(min_length=len(DIVISORS) - 1, max_length=len(DIVISORS) - 1)]
    compatible: tuple[str, ...] = ()
    cores: tuple[str, ...] = ()

    def limits(self, first: float) -> tuple[float, ...]:
        """``step_down_c``, moved so that it begins with ``first`` degrees; 0: as it is."""
        shift = first - self.step_down_c[0] if first else 0.0
        return tuple(limit + shift for limit in self.step_down_c)

    def __post_init__(self) -> None:
        if sorted(set(self.step_down_c)) != list(self.step_down_c):
            raise ValueError(f"step_down_c of {self.name!r} must rise")


class _Boards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    board: tuple[Profile, ...]


def parse_profiles(text: str) -> tuple[Profile, ...]:
    """The profiles of a file; ValueError says what is wrong with it."""
    profiles = msgspec.convert(loads(text), _Boards, strict=True).board
    if sum(_is_for_all(profile) for profile in profiles) != 1:
        raise ValueError("one board, and only one, must be for all others, without compatible and cores")
    return profiles


def find_profile(identity: Identity, cores: Sequence[Core]) -> Profile:
    """The profile of a board: by the most particular word of its device tree, else by its big cores."""
    profiles = parse_profiles(resources.text(FILE))
    kinds = {core.kind for core in big(cores)}
    named = (one for word in identity.compatible for one in profiles if word in one.compatible)
    alike = (one for one in profiles if kinds & {*one.cores})
    others = (one for one in profiles if _is_for_all(one))
    return next(named, None) or next(alike, None) or next(others)


def _is_for_all(profile: Profile) -> bool:
    return not profile.compatible and not profile.cores
