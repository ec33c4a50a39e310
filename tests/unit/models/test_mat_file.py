"""Matrices that SciPy wrote are read; damaged files are refused and never crash."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st

from visaged.errors import ModelError
from visaged.models.mat_file import load_matrix

UV = np.random.default_rng(0).uniform(0, 1, (7, 2))


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("values", [UV, np.zeros((0, 2)), np.arange(6.0).reshape(3, 2), np.ones((1, 1))])
def test_a_matrix_comes_back_as_scipy_wrote_it(tmp_path, values, compressed):
    path = tmp_path / "file.mat"
    scipy.io.savemat(path, {"first": np.eye(2), "text": "abc", "UV": values}, do_compression=compressed)

    np.testing.assert_array_equal(load_matrix(path, "UV"), values)


@pytest.mark.parametrize("other", [{"uv": UV}, {"UV": "text"}, {"UV": UV * 1j}, {"UV": {"a": 1}}])
def test_a_matrix_of_another_name_or_kind_is_none(tmp_path, other):
    scipy.io.savemat(tmp_path / "file.mat", other)

    assert load_matrix(tmp_path / "file.mat", "UV") is None


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "compressed"])
def content(tmp_path_factory, request):
    path = tmp_path_factory.mktemp("mat") / "file.mat"
    scipy.io.savemat(path, {"UV": UV}, do_compression=request.param)
    return path.read_bytes()


def attempt(path, content):
    path.write_bytes(content)
    try:
        found = load_matrix(path, "UV")
    except ModelError as error:
        assert "file.mat is" in str(error)
    else:
        assert found is None or found.size < 100


def test_no_truncation_is_taken_for_the_matrix(content, tmp_path):
    for end in range(1, len(content) - 8):
        (tmp_path / "file.mat").write_bytes(content[:end])
        try:
            assert load_matrix(tmp_path / "file.mat", "UV") is None
        except ModelError as error:
            assert "readable MATLAB 5 file" in str(error)


@given(edits=st.lists(st.tuples(st.integers(100, 600), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=500)
def test_mutated_bytes_never_crash(content, tmp_path_factory, edits):
    changed = bytearray(content)
    for place, value in edits:
        changed[place % len(changed)] = value
    attempt(tmp_path_factory.getbasetemp() / "file.mat", bytes(changed))


def test_a_compressed_file_cannot_fill_the_memory(tmp_path):
    bomb = zlib.compress(bytes(150 << 20), 1)
    header = bytes(124) + b"\x00\x01IM"
    (tmp_path / "file.mat").write_bytes(header + struct.pack("<II", 15, len(bomb)) + bomb)
    tracemalloc.start()
    try:
        assert load_matrix(tmp_path / "file.mat", "UV") is None
        assert tracemalloc.get_traced_memory()[1] < 140 << 20
    finally:
        tracemalloc.stop()
