"""From parameters to landmarks and pose, and face models that do not fit."""

from dataclasses import replace

import numpy as np
import pytest

from visaged import models
from visaged.errors import ModelError
from visaged.vision.face_model import open_face_model


@pytest.fixture(scope="module")
def pack(made_pack_dir):
    return models.load("3ddfa_v2", made_pack_dir)


@pytest.fixture
def spoilt(pack, tmp_path):
    """``spoilt(name=change)``: the pack, with arrays of its face model changed."""

    def make(**changes):
        with np.load(pack.face_model) as archive:
            arrays = dict(archive)
        for name, change in changes.items():
            arrays[name] = change(arrays[name])
        np.savez(tmp_path / "face_model.npz", **arrays)
        return replace(pack, face_model=tmp_path / "face_model.npz")

    return make


def test_the_mean_face_looks_straight_ahead_from_the_middle_of_its_region(pack):
    fit = open_face_model(pack).fit(np.zeros(62, np.float32), (100, 200, 220, 320))
    assert (fit.pose.yaw, fit.pose.pitch, fit.pose.roll) == pytest.approx((0, 0, 0), abs=1e-4)
    assert fit.landmarks.shape == (68, 3)
    assert fit.landmarks[:, :2].mean(axis=0) == pytest.approx((160, 260), abs=15)
    assert fit.landmarks[8, 1] > fit.landmarks[27, 1]  # the chin below the root of the nose
    assert fit.landmarks[30, 2] > fit.landmarks[0, 2]  # the nose's tip nearer than the ear


def test_the_box_is_tight_around_the_landmarks(pack):
    fit = open_face_model(pack).fit(np.random.default_rng(0).normal(0, 1, 62).astype(np.float32), (0, 0, 90, 90))
    assert fit.box == pytest.approx((*fit.landmarks[:, :2].min(axis=0), *fit.landmarks[:, :2].max(axis=0)))


def test_parameters_are_denormalised_and_deviations_are_not(pack):
    answer = np.random.default_rng(0).normal(0, 1, 62).astype(np.float32)
    with np.load(pack.face_model) as arrays:
        expected = answer * arrays["param_std"] + arrays["param_mean"]
    fit = open_face_model(pack).fit(answer, (0, 0, 120, 120))
    np.testing.assert_allclose(fit.params, expected, rtol=1e-6)
    np.testing.assert_array_equal(fit.deviations, answer[12:])


def test_a_pack_without_a_regressor_has_nothing_to_fit(pack):
    with pytest.raises(ModelError, match="pack 3ddfa_v2 has no regressor; choose another"):
        open_face_model(replace(pack, regressor=None))


def test_a_pack_without_a_face_model_is_named(pack):
    with pytest.raises(ModelError, match="pack '3ddfa_v2' has no face model"):
        open_face_model(replace(pack, face_model=None))


@pytest.mark.parametrize(
    "changes",
    [
        {"shape_basis": lambda a: a[:, :39]},
        {"expression_basis": lambda a: a[3:]},
        {"mean": lambda a: a[:-3]},
        {"param_mean": lambda a: a[:-1]},
        {"param_std": lambda a: a[:1]},
        {"landmark_indices": lambda a: a[:67]},
        {"landmark_indices": lambda a: a[:0]},
    ],
)
def test_arrays_of_other_sizes_are_refused(spoilt, changes):
    with pytest.raises(ModelError, match="the face model does not fit the regressor's 62 parameters; import it again"):
        open_face_model(spoilt(**changes))


@pytest.mark.parametrize("index", [-1, 600, 2**31 - 1])
def test_a_landmark_that_is_no_vertex_is_refused(spoilt, index):
    with pytest.raises(ModelError, match="a landmark of the face model is none of its vertices"):
        open_face_model(spoilt(landmark_indices=lambda a: np.concatenate([a[:-1], [index]]).astype(np.int32)))


@pytest.mark.parametrize("layout", [{"pose": 7, "shape": 45}, {"shape": 50, "expression": 0}])
def test_a_layout_without_pose_or_expression_is_refused(pack, layout):
    with pytest.raises(ModelError, match="does not fit the regressor's 62 parameters"):
        open_face_model(replace(pack, regressor=replace(pack.regressor, **layout)))
