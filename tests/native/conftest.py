"""What the native tests share: the upstream landmark model, an empty network input, and a second thread."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged._native import LandmarkModel


@pytest.fixture
def network_input() -> NDArray[np.float32]:
    """What the crop is written to; NaN, so that a value left out shows."""
    return np.full((1, 3, 120, 120), np.nan, np.float32)


@pytest.fixture(scope="session")
def upstream_landmarks(shared: Path) -> LandmarkModel:
    """The 68 landmarks of 3DDFA_V2's face model, 40 shape and 10 expression columns."""
    with (shared / "upstream/3ddfa_v2/configs/bfm_noneck_v3.pkl").open("rb") as file:
        bfm = pickle.load(file)
    rows = bfm["keypoints"]
    mean = np.ascontiguousarray(bfm["u"][rows, 0], np.float32)
    basis = np.ascontiguousarray(np.hstack([bfm["w_shp"][rows], bfm["w_exp"][rows]]), np.float32)
    return LandmarkModel(mean, basis)


@pytest.fixture
def busy_while() -> Callable[[Callable[[], object]], int]:
    """``busy_while(work)``: how often another Python thread gets its turn while ``work()`` runs."""

    def count(work: Callable[[], object]) -> int:
        done, turns, started = threading.Event(), 0, threading.Event()

        def take_turns() -> None:
            nonlocal turns
            started.set()
            while not done.wait(0.0005):
                turns += 1

        other = threading.Thread(target=take_turns)
        other.start()
        started.wait(10)
        before = turns
        work()
        during = turns - before
        done.set()
        other.join()
        return during

    return count
