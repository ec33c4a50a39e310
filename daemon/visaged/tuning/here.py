"""What was measured, and whether it holds here."""

from __future__ import annotations

import logging

from visaged.assembly import Networks, Vision, find_networks, open_vision
from visaged.board.board import Board
from visaged.config import Config
from visaged.runtime import onnxruntime
from visaged.tuning import stored
from visaged.tuning.choice import Choice, choose
from visaged.tuning.stored import Key, TuningError

log = logging.getLogger("visaged")


def key_of(board: Board, networks: Networks) -> Key:
    """What a measurement holds for."""
    return Key(board.identity.model, onnxruntime.__version__, networks.sha256)


def choose_execution(config: Config, board: Board) -> Choice:
    """How the networks run, and why; a damaged measurement is a warning. Raises ModelError as ``find_networks``."""
    tuning, trouble = None, None
    try:
        tuning = stored.read()
    except TuningError as exc:
        trouble = str(exc)
        log.warning("%s", trouble)
    return choose(config.inference.threads, tuning, trouble, key_of(board, find_networks(config.model)), board.profile)


def open_chosen(config: Config, board: Board) -> tuple[Choice, Vision]:
    """How the networks run, and these, opened so. Raises ModelError."""
    choice = choose_execution(config, board)
    return choice, open_vision(config, choice.execution)
