"""A folder becomes a pack, or one sentence says why not."""

import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest
import scipy.io

from visaged.errors import ModelError
from visaged.models import face_arrays, load, registry
from visaged.models.acquire import from_folder
from visaged.models.blob import git_blob_id
from visaged.models.importer import import_pack
from visaged.models.recognise import recognise


def bring(source, place, regressor=None):
    return list(from_folder(source, place, regressor, allow_unverified=True))


def test_a_clone_becomes_a_pack_that_fits_together(made_clone, tmp_path):
    (pack,) = bring(made_clone, tmp_path)
    arrays = face_arrays(pack, ["mean", "triangles", "landmark_indices", "uv", "pncc", "param_mean"])

    assert arrays["mean"].shape == (1800,)
    assert arrays["triangles"].shape[1] == 3
    assert arrays["triangles"].max() == 599
    assert list(arrays["landmark_indices"]) == list(range(68))
    assert arrays["uv"].shape == (600, 2)
    assert arrays["pncc"].shape == (600, 3)
    assert pack == load("3ddfa_v2", tmp_path)


def test_uvs_are_picked_by_the_indices(made_clone, tmp_path):
    (pack,) = bring(made_clone, tmp_path)
    rows = np.load(made_clone / "configs/indices.npy")

    expected = scipy.io.loadmat(made_clone / "configs/BFM_UV.mat")["UV"][rows]
    np.testing.assert_allclose(face_arrays(pack, ["uv"])["uv"], expected, atol=1e-7)


def test_importing_twice_gives_the_same_bytes(made_clone, tmp_path):
    (first,) = bring(made_clone, tmp_path / "a")
    (second,) = bring(made_clone, tmp_path / "b")

    assert first.sha256 == second.sha256


def test_files_that_are_not_upstreams_are_refused_and_named(made_clone, tmp_path):
    with pytest.raises(ModelError, match=r"configs/tri\.pkl .*--allow-unverified: the pack then stays marked"):
        list(from_folder(made_clone, tmp_path / "models", None, allow_unverified=False))
    assert not (tmp_path / "models").exists()


def test_files_that_are_the_registrys_make_a_verified_pack(made_yunet, tmp_path):
    packs = registry.installed()
    (path,) = packs["yunet"].files
    known = registry.SourceFile(blob=git_blob_id(made_yunet))
    text = {name: getattr(packs["yunet"], name) for name in ("version", "licence", "permitted_use", "repository")}
    source = registry.SourcePack(**text, commit="c0ffee", url="", files={path: known})

    pack = import_pack(recognise(made_yunet, packs)[0], source, tmp_path)
    assert pack.verified


def test_a_folder_with_both_gives_both(made_clone, made_yunet, tmp_path):
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads/3DDFA_V2").symlink_to(made_clone)
    (tmp_path / "downloads/zoo").symlink_to(made_yunet.parent)

    packs = bring(tmp_path / "downloads", tmp_path / "models")
    assert [pack.name for pack in packs] == ["3ddfa_v2", "yunet"]


def test_a_clone_of_opencv_zoo_is_recognised(made_yunet, tmp_path):
    inside = tmp_path / "zoo/models/face_detection_yunet"
    inside.mkdir(parents=True)
    shutil.copy(made_yunet, inside)

    assert [pack.name for pack in bring(tmp_path / "zoo", tmp_path / "models")] == ["yunet"]


def test_the_other_regressor_is_taken_where_it_is_the_only_one(clone_copy, tmp_path):
    weights = clone_copy / "weights"
    (weights / "mb05_120x120.pth").rename(weights / "mb1_120x120.pth")

    (pack,) = bring(clone_copy, tmp_path / "models")
    assert pack.regressor is not None


def test_a_chosen_regressor_that_is_not_there_is_named(made_clone, tmp_path):
    with pytest.raises(ModelError, match=r"missing for the pack '3ddfa_v2': .*weights/mb1_120x120\.pth; copy"):
        bring(made_clone, tmp_path, "mb1")


def test_every_missing_file_is_named(clone_copy, tmp_path):
    for name in ("configs/tri.pkl", "FaceBoxes/weights/FaceBoxesProd.pth"):
        (clone_copy / name).unlink()

    with pytest.raises(ModelError, match=r"FaceBoxesProd\.pth, .*configs/tri\.pkl; copy the whole repository"):
        bring(clone_copy, tmp_path / "models")


@pytest.mark.parametrize(
    ("name", "words"), [("nothing", "does not exist"), ("empty", "holds neither"), ("f.txt", "holds neither")]
)
def test_a_place_with_nothing_to_import_is_named(tmp_path, name, words):
    (tmp_path / "empty").mkdir()
    (tmp_path / "f.txt").touch()

    with pytest.raises(ModelError, match=f"{name} {words}"):
        bring(tmp_path / name, tmp_path / "models")


def edited(path, change):
    path.write_bytes(pickle.dumps(change(pickle.loads(path.read_bytes())), protocol=4))  # made by us


def drop(key):
    return lambda model: {name: value for name, value in model.items() if name != key}


def put(**arrays):
    return lambda model: model | arrays


BFM = "bfm_noneck_v3.pkl"
STATISTICS = "param_mean_std_62d_120x120.pkl"


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (BFM, drop("u"), "has no 'u'"),
        (BFM, put(u=np.zeros((1801, 1), np.float32)), "not made of x, y, z"),
        (BFM, put(w_shp=np.zeros((1800, 39), np.float32)), "fewer than 40 shapes"),
        (BFM, put(w_exp=np.zeros((1797, 10), np.float32)), "1800xany numbers expected, 1797x10 found"),
        (BFM, put(keypoints=np.arange(203)), "204 numbers expected, 203 found"),
        (BFM, put(keypoints=np.full(204, 5000)), "refers to a vertex that the face model does not have"),
        (BFM, put(u=np.full((1800, 1), np.nan, np.float32)), "not finite"),
        (BFM, put(u="mean"), "no array found"),
        (BFM, lambda _: [1, 2], "has no 'u'"),
        ("tri.pkl", lambda triangles: triangles.T, "3xany numbers expected"),
        ("tri.pkl", lambda triangles: triangles - 1, "refers to a vertex"),
        ("tri.pkl", lambda triangles: triangles + 1, "refers to a vertex"),
        (STATISTICS, drop("std"), "has no 'std'"),
        (STATISTICS, put(std=np.zeros(62, np.float32)), "not positive"),
        (STATISTICS, put(mean=np.zeros(102, np.float32)), "62 numbers expected, 102 found"),
    ],
)
def test_a_pickle_that_does_not_fit_is_one_clear_error(clone_copy, tmp_path, name, change, words):
    edited(clone_copy / "configs" / name, change)

    with pytest.raises(ModelError, match=rf"{name}.*{words}"):
        bring(clone_copy, tmp_path / "models")
    assert not (tmp_path / "models/3ddfa_v2").exists()


HUGE_NPY = (
    b"\x93NUMPY\x01\x00v\x00"
    + b"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1000000000000), }".ljust(117)
    + b"\n"
)


@pytest.mark.parametrize("name", ["ncc_code.npy", "indices.npy"])
@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"garbage", HUGE_NPY, pickle.dumps([1])])
def test_a_damaged_array_file_is_one_clear_error(clone_copy, tmp_path, name, content):
    (clone_copy / "configs" / name).write_bytes(content)

    with pytest.raises(ModelError, match=rf"{name} is not a readable array file; copy"):
        bring(clone_copy, tmp_path / "models")


@pytest.mark.parametrize("length", [0, 1, 100, 130, 150, 300, -1])
def test_a_damaged_matlab_file_is_one_clear_error(clone_copy, tmp_path, length):
    path = clone_copy / "configs/BFM_UV.mat"
    path.write_bytes(path.read_bytes()[:length])

    with pytest.raises(ModelError, match=r"BFM_UV\.mat (is not a readable MATLAB 5 file|is empty|does not fit)"):
        bring(clone_copy, tmp_path / "models")


def test_a_matlab_file_without_uvs_is_one_clear_error(clone_copy, tmp_path):
    scipy.io.savemat(clone_copy / "configs/BFM_UV.mat", {"other": np.zeros(3)})

    with pytest.raises(ModelError, match=r"BFM_UV\.mat does not fit the other files: anyx2 numbers expected, no array"):
        bring(clone_copy, tmp_path / "models")


def test_a_missing_library_names_the_command_that_brings_it(made_yunet, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)

    with pytest.raises(ModelError, match=r"importing models needs onnx; install it with pip install '\.\[import\]'"):
        bring(made_yunet, tmp_path)


def test_reading_packs_loads_no_import_library(made_pack_dir):

    code = (
        "import sys; from pathlib import Path; from visaged.models import load; load('yunet', Path(sys.argv[1])); "
        "print([name for name in ('onnx', 'scipy', 'tqdm', 'urllib.request') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, made_pack_dir], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
