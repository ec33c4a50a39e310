"""Legacy PyTorch checkpoints are read without PyTorch."""

import os
import pickle
import struct

import numpy as np
import pytest

from visaged.errors import ModelError
from visaged.models.torch_archive import load_state_dict

TENSORS = {
    "weight": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "bias": np.array([-1, 0.5], np.float32),
    "count": np.array(7, np.int64),
}


@pytest.fixture
def read(tmp_path):
    def read_bytes(content):
        path = tmp_path / "file.pth"
        path.write_bytes(content)
        return load_state_dict(path)

    return read_bytes


@pytest.mark.parametrize("training", [False, True])
def test_tensors_come_back_by_their_plain_names(read, archive, training):
    found = read(archive(TENSORS, training=training))

    assert set(found) == set(TENSORS)
    for name, expected in TENSORS.items():
        np.testing.assert_array_equal(found[name], expected)
        assert found[name].dtype == expected.dtype


def test_a_transposed_tensor_is_read_through_its_strides(read, archive):
    content = archive({"weight": np.arange(6, dtype=np.float32).reshape(2, 3)})
    # sizes (2, 3), strides (3, 1) -> sizes (3, 2), strides (1, 3)
    straight = b"".join(b"J" + struct.pack("<i", value) for value in (2, 3))
    turned = b"".join(b"J" + struct.pack("<i", value) for value in (3, 2))
    content = content.replace(straight, turned).replace(
        b"".join(b"J" + struct.pack("<i", value) for value in (3, 1)),
        b"".join(b"J" + struct.pack("<i", value) for value in (1, 3)),
    )

    assert read(content)["weight"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_every_truncation_is_refused(read, archive):
    content = archive(TENSORS, training=True)

    for end in [*range(1, len(content), 50), len(content) - 1]:
        with pytest.raises(ModelError):
            read(content[:end])


def spoil(content, old, new):
    assert old in content
    return content.replace(old, new, 1)


def number(value):
    return b"J" + struct.pack("<i", value)


SPOILED = {
    "another magic number": lambda content: b"\x80\x02K\x01." + content[15:],
    "another protocol": lambda content: spoil(content, b"M\xe9\x03.", b"M\xea\x03."),
    "big endian": lambda content: spoil(content, b"\x88s.", b"\x89s."),
    "more numbers declared than there are": lambda content: content.replace(number(24), number(1 << 30)),
    "tensor larger than its storage": lambda content: content.replace(number(4) + b"t", number(1 << 30) + b"t"),
    "negative size": lambda content: content.replace(number(4) + b"t", number(-4) + b"t"),
    "offset beyond the storage": lambda content: spoil(content, b"NtQ" + number(0), b"NtQ" + number(20)),
    "negative offset": lambda content: spoil(content, b"NtQ" + number(0), b"NtQ" + number(-1)),
    "unknown kind of numbers": lambda content: spoil(content, b"FloatStorage", b"ChairStorage"),
    "storages that are not listed": lambda content: spoil(content, b"](X", b"](K\x01X"),
    "another count before the numbers": lambda content: spoil(
        content, struct.pack("<q", 24), struct.pack("<q", 1 << 60)
    ),
    "a call to the system": lambda content: spoil(content, b"torch._utils\n_rebuild_tensor_v2", b"os\nsystem"),
}


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_archive_is_refused(read, archive, change):
    with pytest.raises(ModelError, match=r"file\.pth cannot be imported: \w"):
        read(change(archive(TENSORS)))


def test_strides_of_zero_cannot_make_a_small_file_large(read, archive):
    content = archive({"weight": np.zeros((2, 3), np.float32)})
    shape = number(2) + number(3) + b"t(" + number(3) + number(1)
    huge = number(1 << 20) + number(1 << 10) + b"t(" + number(0) + number(0)

    with pytest.raises(ModelError, match="beyond the end"):
        read(spoil(content, shape, huge))


def test_the_newer_zip_format_is_named(read):
    with pytest.raises(ModelError, match="newer zip format"):
        read(b"PK\x03\x04" + bytes(100))


@pytest.mark.parametrize("content", [pickle.dumps({"a": 1}), b"garbage", bytes(1000)])
def test_what_is_no_checkpoint_is_refused(read, content):
    with pytest.raises(ModelError, match="cannot be imported"):
        read(content)


def test_a_pickle_that_runs_commands_does_not(read, archive, tmp_path, monkeypatch):
    class Evil:
        def __reduce__(self):
            return os.system, ("touch executed",)

    monkeypatch.chdir(tmp_path)
    header = archive({})[:26]
    with pytest.raises(ModelError):
        read(header + pickle.dumps(Evil(), protocol=2))
    assert not (tmp_path / "executed").exists()
