"""The board as a whole: what it is, its cores, and the profile that suits it."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from visaged.board.cores import Core, big, read_cores
from visaged.board.identity import Identity, read_identity
from visaged.board.profiles import Profile, find_profile

log = logging.getLogger("visaged")


@dataclass(frozen=True, slots=True)
class Board:
    """The board that this is, and the profile that suits it."""

    identity: Identity
    cores: tuple[Core, ...]
    profile: Profile

    @property
    def usable(self) -> frozenset[int]:
        """The numbers of the cores to run on: those that we may, less the little ones where the profile says so."""
        allowed = frozenset(os.sched_getaffinity(0))
        chosen = frozenset(core.number for core in big(self.cores)) if self.profile.big_cores else allowed
        return allowed & chosen or allowed


def read_board(root: Path) -> Board:
    """From the kernel's files below ``root``."""
    identity, cores = read_identity(root), read_cores(root)
    return Board(identity, cores, find_profile(identity, cores))


def settle_on(board: Board) -> None:
    """Keep this process, and all threads that it will have, on the cores that the board's profile wants."""
    if board.usable != os.sched_getaffinity(0):
        try:
            os.sched_setaffinity(0, board.usable)
        except OSError as exc:  # as in a sandbox; the scheduler's own choice is not so bad either
            log.info("The big cores cannot be chosen (%s); CPUAffinity= in the unit can.", exc.strerror)
