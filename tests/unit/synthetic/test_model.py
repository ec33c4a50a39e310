"""What a face does, whoever it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from visaged.models.store import load
from visaged.synthetic.model import LIDS, NARROWEST, WIDEST, Model, open_model


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model(load("open", Path(__file__).parents[3] / "models"))


def gaps(model: Model, params: NDArray[np.float32]) -> NDArray[np.float64]:
    """(2,): how far the left and the right lids are apart, in parts of the mean face's."""
    basis = np.concatenate([model.shape_basis, model.expression_basis], axis=1)
    heights = [model.mean[:, 1], model.mean[:, 1] + (basis @ params[model.pose :]).reshape(-1, 3)[:, 1]]
    rest, now = (
        [sum(face[above] - face[below] for above, below in eye) for eye in model.landmark_indices[np.array(LIDS)]]
        for face in heights
    )
    return np.divide(now, rest)


@pytest.mark.parametrize("seed", range(5))
def test_lids_shut_the_eyes_of_anybody_and_none_is_narrow_at_rest(model: Model, seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = (random.normal(0, 1, 40) * model.shape_std).astype(np.float32)
    mood = random.normal(0, 1, 7).tolist()
    at_rest, winking, shut = (
        gaps(model, model.params(shape, {"lid_left": left, "lid_right": right, "jaw": 0}, mood))
        for left, right in ((0, 0), (1, 0), (1, 1))
    )
    assert np.all((at_rest > NARROWEST - 0.01) & (at_rest < WIDEST + 0.01))
    assert np.allclose(winking, [0, at_rest[1]], atol=0.01)
    assert np.allclose(shut, 0, atol=0.01)
