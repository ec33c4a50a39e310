"""From a region of a picture to normalised parameters."""

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from made.open_pack import SAYS, add_signals
from visaged import models
from visaged.errors import ModelError
from visaged.values import Part
from visaged.vision.regressor import open_regressor


@pytest.fixture(scope="module")
def spec(made_pack_dir):
    return models.load("3ddfa_v2", made_pack_dir).regressor


@pytest.fixture
def with_signals(spec, tmp_path):
    return replace(spec, path=add_signals(spec.path, tmp_path / "regressor.onnx"), signals="signals")


@pytest.fixture(scope="module")
def regressor(spec):
    return open_regressor(spec)


def noise(seed, shape=(200, 300, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def test_the_crop_is_the_normalised_region(regressor, spec):
    image = noise(0)
    regressor.crop(Part(image), (40, 10, 140, 110))
    grey = cv2.resize(image[10:110, 40:140], (spec.size, spec.size)).astype(np.float32)
    expected = ((grey - spec.mean) / spec.scale).transpose(2, 0, 1)[None]
    np.testing.assert_allclose(regressor.tensor, expected, atol=1.01 / spec.scale)


def test_outside_the_picture_is_black(regressor, spec):
    regressor.crop(Part(noise(0)), (-500, -500, -300, -300))
    assert np.unique(regressor.tensor).tolist() == [pytest.approx(-spec.mean / spec.scale)]


def test_one_tensor_serves_all_crops_and_answers_outlive_it(regressor):
    tensor = regressor.tensor
    first = regressor.regress(Part(noise(1)), (0, 0, 120, 120))
    kept = first.params.copy()
    second = regressor.regress(Part(noise(2)), (0, 0, 120, 120))
    assert regressor.tensor is tensor
    assert not np.array_equal(first.params, second.params)
    np.testing.assert_array_equal(first.params, kept)


def test_the_same_region_gives_the_same_answer(regressor):
    first, _, again = (regressor.regress(Part(noise(seed)), (5, 5, 150, 150)).params for seed in (1, 2, 1))
    assert first.shape == (62,)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)


def test_a_region_can_be_stood_on_its_head(regressor):
    image, region = noise(3, (120, 120, 3)), (0, 0, 120, 120)
    upright = regressor.regress(Part(image), region).params
    turned = Part(np.ascontiguousarray(image[::-1]))
    np.testing.assert_array_equal(regressor.regress(turned, region, upside_down=True).params, upright)
    assert not np.array_equal(regressor.regress(Part(image), region, upside_down=True).params, upright)


def test_a_network_without_signals_says_none(regressor):
    assert regressor.regress(Part(noise(0)), (0, 0, 120, 120)).signals is None


def test_parameters_and_signals_come_from_one_run(spec, with_signals, tmp_path):
    image, region = noise(1), (5, 5, 150, 150)
    both = open_regressor(with_signals)
    runs, run = [], both._session.run
    both._session = SimpleNamespace(run=lambda *given: runs.append(given) or run(*given))
    answer = both.regress(Part(image), region)
    assert len(runs) == 1
    np.testing.assert_array_equal(answer.params, open_regressor(spec).regress(Part(image), region).params)
    signals = answer.signals
    assert 0.99 < signals.presence <= 1
    assert signals.eye_open == pytest.approx((SAYS["eye_open_left"], SAYS["eye_open_right"]))
    assert signals.eye_seen == pytest.approx((SAYS["eye_seen_left"], SAYS["eye_seen_right"]))
    assert signals.mouth_open == pytest.approx(SAYS["mouth_open"])


@pytest.mark.parametrize("count", [1, 5])
def test_signals_of_another_number_are_refused(spec, tmp_path, count):
    path = add_signals(spec.path, tmp_path / "regressor.onnx", count)
    with pytest.raises(
        ModelError, match=r"regressor\.onnx: gives .* where an output signals of 1 x 6 float32 numbers is"
    ):
        open_regressor(replace(spec, path=path, signals="signals"))


def test_signals_that_the_network_does_not_give_are_refused(spec):
    with pytest.raises(
        ModelError, match=r"regressor\.onnx: gives .* where an output signals of 1 x 6 float32 numbers is"
    ):
        open_regressor(replace(spec, signals="signals"))


@pytest.mark.parametrize("changes", [{"size": 100}, {"input": "picture"}, {"output": "answer"}, {"shape": 41}])
def test_a_network_other_than_the_pack_declares_is_refused(spec, changes):
    with pytest.raises(ModelError, match=r"regressor\.onnx: .* is expected; import or fetch the pack again"):
        open_regressor(replace(spec, **changes))


@pytest.mark.parametrize("changes", [{"scale": 0.0}, {"scale": float("nan")}, {"mean": float("inf")}])
def test_a_normalisation_that_gives_no_numbers_is_refused(spec, changes):
    with pytest.raises(ModelError, match=r"regressor\.onnx: its pack divides by"):
        open_regressor(replace(spec, **changes))
