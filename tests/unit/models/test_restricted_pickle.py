"""Pickles of arrays are read; anything else is refused, and nothing of it is run."""

import io
import os
import pickle
import pickletools
import resource
import struct
import time

import numpy as np
import pytest

from visaged.errors import ModelError
from visaged.models.restricted_pickle import load_arrays

ARRAYS = {
    "floats": np.arange(12, dtype=np.float32).reshape(3, 4),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "big endian": np.arange(3, dtype=">i4"),
    "bytes": np.arange(5, dtype=np.uint8),
    "empty": np.zeros((0, 3), np.int64),
    "scalar": np.float64(2.5),
}


@pytest.fixture
def read(tmp_path):
    def read_bytes(content):
        path = tmp_path / "file.pkl"
        path.write_bytes(content)
        return load_arrays(path)

    return read_bytes


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_arrays_come_back_as_they_were(read, protocol):
    found = read(pickle.dumps(ARRAYS, protocol=protocol))

    for name, expected in ARRAYS.items():
        np.testing.assert_array_equal(found[name], expected)
        assert found[name].dtype == expected.dtype


@pytest.mark.parametrize("core", [b"numpy.core", b"numpy._core"])
def test_numpy_1_and_numpy_2_names_are_both_known(read, core):
    content = pickle.dumps(np.arange(3), protocol=3)

    assert list(read(content.replace(b"numpy._core", b"numpy.core").replace(b"numpy.core", core))) == [0, 1, 2]


def test_plain_containers_are_read(read):
    assert read(pickle.dumps({"a": [1, (2.5, None)], "b": True}, protocol=4)) == {"a": [1, (2.5, None)], "b": True}


class Evil:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call[0], self.call[1:]


def nested_global(path):
    return b"\x80\x04\x8c\x05numpy\x8c" + struct.pack("B", len(path)) + path + b"\x93\x8c\x02id\x85R."


DEEP = 50_000
HOSTILE = {
    "os.system": pickle.dumps(Evil(os.system, "touch executed")),
    "eval": pickle.dumps(Evil(eval, "open('executed', 'w')")),
    "system inside an array's dictionary": pickle.dumps({"u": Evil(os.system, "touch executed")}),
    "system by text protocol": b"cos\nsystem\n(S'touch executed'\ntR.",
    "dotted name through numpy": nested_global(b"f2py.os.system"),
    "name of a builtin": b"\x80\x02c__builtin__\ngetattr\n.",
    "object dtype": pickle.dumps(np.array([Evil(os.system, "touch executed")], dtype=object)),
    "structured dtype": pickle.dumps(np.zeros(2, dtype=[("a", "i4")])),
    "other class": pickle.dumps(io.StringIO("text")),
    "instance by INST": b"(S'touch executed'\nios\nsystem\n.",
    "new object": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
    "extension registry": b"\x80\x02\x82\x01.",
    "persistent id": b"\x80\x02X\x01\x00\x00\x00aQ.",
    "array called as array": b"\x80\x02cnumpy\nndarray\n(K\x01tR.",
    "huge bytes": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 40) + b"abc.",
    "impossible bytes": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 63) + b"abc.",
    "huge text": b"\x80\x04\x8d" + struct.pack("<Q", 1 << 40) + b"abc.",
    "huge buffer": b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"abc.",
    "huge frame": b"\x80\x04\x95" + struct.pack("<Q", 1 << 62) + b"abc.",
    "negative length": b"\x80\x02T\xff\xff\xff\xffabc.",
    "deep lists": b"\x80\x02" + b"]" * DEEP + b"a" * (DEEP - 1) + b"(.",
    "deep tuples": b"\x80\x02)" + b"\x85" * DEEP + b"(.",
    "key that takes for ever to hash": b"\x80\x04})" + b"\x94h\x00\x86" + b"".join(
        b"\x94h" + bytes([index]) + b"\x86" for index in range(1, 100)
    ) + b"K\x01s.",
    "millions of objects": b"\x80\x02(" + b"}" * 3_000_000 + b"t.",
    "list in itself": b"\x80\x02]q\x00h\x00a(.",
    "empty stack": b"\x80\x02R.",
    "unknown memo": b"\x80\x02h\x07.",
    "no mark": b"\x80\x02K\x01t.",
    "set on a number": b"\x80\x02K\x01K\x02K\x03s.",
    "odd dictionary": b"\x80\x02}(K\x01u.",
    "two values": b"\x80\x02K\x01K\x02.",
    "no end": b"\x80\x02K\x01",
    "no pickle": b"<html>404</html>",
    "one byte": b"\x00",
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_pickle_is_refused_and_nothing_of_it_happens(read, content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()

    with pytest.raises(ModelError, match=r"file\.pkl cannot be imported: \w"):
        read(content)

    assert not (tmp_path / "executed").exists()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("shape", "data"),
    [((1 << 40,), b"abcd"), ((-1,), b""), ((1,) * 40, b"abcd"), ((2,), b"abcd"), ("ab", b"abcd"), ((True,), b"abcd")],
)
def test_an_array_that_declares_what_it_does_not_bring_is_refused(read, shape, data):
    honest = pickle.dumps(np.zeros(1, np.float32), protocol=4)
    state = next(argument for opcode, argument, _ in pickletools.genops(honest) if argument == bytes(4))
    lying = np.ndarray.__reduce__(np.zeros(1, np.float32))

    class Lying:
        def __reduce__(self):
            return lying[0], lying[1], (1, shape, np.dtype("f4"), False, data)

    assert state == bytes(4)
    with pytest.raises(ModelError, match="array"):
        read(pickle.dumps(Lying(), protocol=4))


def test_a_huge_memo_index_costs_no_memory(read):
    assert read(b"\x80\x02]r\xff\xff\xff\x7f.") == []


def test_every_truncation_is_refused(read):
    content = pickle.dumps(ARRAYS, protocol=4)

    for end in range(1, len(content), 5):
        with pytest.raises(ModelError):
            read(content[:end])


def test_an_empty_file_says_so(read):
    with pytest.raises(ModelError, match="is empty"):
        read(b"")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"nothing\.pkl cannot be read \(No such file"):
        load_arrays(tmp_path / "nothing.pkl")
