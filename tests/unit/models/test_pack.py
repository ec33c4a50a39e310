"""A pack is read, checked, and says what it lacks."""

import shutil

import numpy as np
import pytest

from made.open_pack import ROLES
from visaged.errors import ModelError
from visaged.models import face_arrays, load
from visaged.models.pack import FACE_ARRAYS, PackIncompleteError, load_pack, verify_pack


@pytest.fixture
def folder(made_pack_dir, tmp_path):
    return shutil.copytree(made_pack_dir / "3ddfa_v2", tmp_path / "3ddfa_v2")


def test_a_whole_pack_tells_its_parts_and_terms(folder):
    pack = load_pack(folder)

    assert (pack.name, pack.verified, pack.detector.kind) == ("3ddfa_v2", False, "faceboxes")
    assert "academic" in pack.licence
    assert (pack.regressor.size, pack.regressor.width, pack.regressor.scale) == (120, 0.25, 128.0)
    assert (pack.regressor.pose, pack.regressor.shape, pack.regressor.expression) == (12, 40, 10)
    assert pack.size == sum(path.stat().st_size for path in folder.iterdir() if path.name != "pack.toml")


def test_a_detector_only_pack_has_no_other_part(made_pack_dir):
    pack = load("yunet", made_pack_dir)

    assert (pack.regressor, pack.face_model, pack.detector.kind) == (None, None, "yunet")


def test_verifying_a_whole_pack_passes(folder):
    assert verify_pack(folder) == load_pack(folder)


def test_a_changed_byte_is_found_by_verifying(folder):
    path = folder / "regressor.onnx"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)

    assert load_pack(folder).name == "3ddfa_v2"
    with pytest.raises(ModelError, match=r"regressor\.onnx is damaged: its content changed"):
        verify_pack(folder)


@pytest.mark.parametrize("size", [0, 1000])
def test_an_empty_or_cut_file_is_found_by_loading(folder, size):
    path = folder / "face_model.npz"
    path.write_bytes(path.read_bytes()[:size])

    with pytest.raises(ModelError, match=rf"face_model\.npz is damaged: {size} bytes in place of \d+; import"):
        load_pack(folder)


@pytest.mark.parametrize("name", ["regressor.onnx", "pack.toml"])
def test_a_missing_file_makes_the_pack_incomplete(folder, name):
    (folder / name).unlink()

    with pytest.raises(PackIncompleteError, match=rf"{name}.* is missing; import"):
        load_pack(folder)


@pytest.mark.parametrize("content", [b"", b"format = 1", b"\xff\xfe", b"= ="])
def test_a_damaged_description_is_one_clear_error(folder, content):
    (folder / "pack.toml").write_bytes(content)

    with pytest.raises(ModelError, match=r"pack\.toml is damaged \(.+\); import the pack again"):
        load_pack(folder)


def test_a_pack_without_signals_and_roles_says_so(folder):
    pack = load_pack(folder)

    assert (pack.regressor.signals, pack.roles) == (None, ())


def test_a_pack_with_signals_and_roles_tells_them(made_open_dir):
    pack = load("open", made_open_dir)

    assert (pack.regressor.signals, pack.roles) == ("signals", ROLES)
    assert pack.detector.path == made_open_dir / "open/detector.onnx"


def test_bases_that_are_halved_are_whole_once_they_are_read(made_pack_dir, made_open_dir):
    whole, halved = (
        face_arrays(load(name, place), ["shape_basis", "expression_basis"])
        for name, place in (("3ddfa_v2", made_pack_dir), ("open", made_open_dir))
    )

    for name, basis in whole.items():
        assert halved[name].dtype == np.float32
        statistical = slice(len(ROLES), None)  # the first expressions are others
        np.testing.assert_allclose(halved[name][:, statistical], basis[:, statistical], rtol=1e-3, atol=1e-6)


def test_other_arrays_must_not_be_halved(folder):
    pack = load_pack(folder)
    np.savez(folder / "face_model.npz", mean=np.zeros(9, np.float16))

    with pytest.raises(ModelError, match="wrong shape of its mean face"):
        face_arrays(pack, ["mean"])


def test_face_arrays_have_the_documented_types(made_open_dir):
    arrays = face_arrays(load("open", made_open_dir), FACE_ARRAYS)

    for name, (_, kind, dimensions) in FACE_ARRAYS.items():
        assert (arrays[name].dtype, arrays[name].ndim) == (kind, dimensions)
    assert arrays["shape_basis"].shape == (3 * len(arrays["uv"]), 40)


def test_only_the_asked_arrays_are_given(folder):
    assert set(face_arrays(load_pack(folder), ["mean", "uv"])) == {"mean", "uv"}


def without(folder, name):
    """The pack with one array fewer, and the size of the file still right."""
    with np.load(folder / "face_model.npz") as archive:
        kept = {key: archive[key] for key in archive if key != name}
    pack = load_pack(folder)
    np.savez(folder / "face_model.npz", **kept)
    return pack


@pytest.mark.parametrize(
    ("name", "words"), [("uv", "UVs"), ("texture_mean", "mean texture"), ("landmark_indices", "landmarks")]
)
def test_an_absent_array_is_named_in_words(folder, name, words):
    with pytest.raises(ModelError, match=f"pack '3ddfa_v2' has no {words}"):
        face_arrays(without(folder, name), ["mean", name])


def test_a_pack_without_a_face_model_says_so(made_pack_dir):
    with pytest.raises(ModelError, match="pack 'yunet' has no face model"):
        face_arrays(load("yunet", made_pack_dir), ["mean"])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00", bytes(5000)])
def test_a_damaged_face_model_is_one_clear_error(folder, content):
    pack = load_pack(folder)
    (folder / "face_model.npz").write_bytes(content)

    with pytest.raises(ModelError, match=r"face_model\.npz is damaged; import the pack '3ddfa_v2' again"):
        face_arrays(pack, ["mean"])


def test_a_face_model_of_the_wrong_kind_is_refused(folder):
    pack = load_pack(folder)
    np.savez(folder / "face_model.npz", mean=np.zeros((3, 3)))

    with pytest.raises(ModelError, match="wrong shape of its mean face"):
        face_arrays(pack, ["mean"])
