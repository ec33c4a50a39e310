"""Looks at everything, one thing after the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from visaged.assembly import find_networks
from visaged.board import files
from visaged.board.board import Board, read_board
from visaged.board.cameras import read_cameras
from visaged.board.clock import synchronised
from visaged.board.memory import can_be_limited, read_memory
from visaged.board.thermal import read_zones
from visaged.board.throttling import read_throttling
from visaged.broker import broker_settings
from visaged.capturing import camera_settings
from visaged.config import Config
from visaged.config.schema import ModelSection
from visaged.doctor import hardware, setup
from visaged.doctor.finding import Finding
from visaged.errors import ModelError
from visaged.models import Pack
from visaged.mqtt.device import default_device_id
from visaged.secret_files import exposed
from visaged.tuning.here import choose_execution


def examine(config: Config) -> Iterator[Finding]:
    """What is found, in the order in which it is looked at."""
    root = files.root()
    board = read_board(root)
    yield hardware.board(board.identity.model, board.identity.compatible, board.profile)
    yield hardware.cores(board.cores)
    yield hardware.governor(board.cores)
    yield hardware.temperature(read_zones(root), board.profile, config.thermal.limit_c)
    yield hardware.throttling(read_throttling(root))
    yield hardware.memory(read_memory(root))
    yield hardware.memory_limit(can_be_limited(root))
    yield hardware.clock(synchronised(root))
    yield from setup.cameras(read_cameras(root), config.source.uri, camera_settings(config.source))
    device = config.device.id or default_device_id()
    yield setup.broker(partial(broker_settings, config.mqtt, f"visaged-{device}"))
    yield from setup.secrets(exposed(config.mqtt))
    yield from setup.packs(partial(_packs, config.model))
    yield from _tuning(config, board)


def _packs(model: ModelSection) -> list[Pack]:
    found = find_networks(model)
    return [found.pack] if found.detector_pack == found.pack else [found.pack, found.detector_pack]


def _tuning(config: Config, board: Board) -> Iterator[Finding]:
    """Nothing, where there are no networks to tune, as was said already."""
    try:
        yield setup.tuning(choose_execution(config, board))
    except ModelError:
        return
