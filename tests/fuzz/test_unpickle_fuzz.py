"""Whatever bytes the readers of untrusted files get, they answer with arrays or with a ModelError."""

import io
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visaged.errors import ModelError
from visaged.models.pickled_arrays import NUMPY, PickleRefusedError
from visaged.models.restricted_pickle import unpickle
from visaged.models.torch_archive import load_state_dict

SEED = pickle.dumps(
    {"u": np.arange(6, dtype=np.float32).reshape(2, 3), "count": np.int64(3), "names": ["a", ("b", None)]}, protocol=4
)
EDITS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255), st.booleans()), min_size=1, max_size=8)


def mutated(content, edits):
    """Bytes overwritten (True) or inserted (False) at some places."""
    changed = bytearray(content)
    for place, value, overwrite in edits:
        index = place % len(changed)
        changed[index : index + overwrite] = bytes([value])
    return bytes(changed)


def attempt(content):
    try:
        unpickle(io.BytesIO(content), NUMPY)
    except PickleRefusedError as refusal:
        assert str(refusal)


@given(st.binary(max_size=200))
@settings(max_examples=500)
def test_any_bytes(content):
    attempt(content)


@given(EDITS)
@settings(max_examples=500)
def test_a_mutated_pickle(edits):
    attempt(mutated(SEED, edits))


OPCODES = [
    *(bytes([code]) for code in b"}])(tusebaRQN02\x85\x86\x87\x88\x94"),
    b"h\x00",
    b"h\x01",
    b"K\x02",
    b"C\x01x",
    b"\x8c\x01b",
    b"\x8c\x02f4",
    b"cnumpy\ndtype\n",
    b"cnumpy\nndarray\n",
    b"cnumpy.core.multiarray\n_reconstruct\n",
    b"cnumpy.core.multiarray\nscalar\n",
    b"cnumpy.core.numeric\n_frombuffer\n",
    b"ccollections\nOrderedDict\n",
]


@given(st.lists(st.sampled_from(OPCODES), max_size=40))
@settings(max_examples=1000)
def test_any_program_of_valid_opcodes(opcodes):
    attempt(b"\x80\x04" + b"".join(opcodes) + b".")


@pytest.fixture(scope="module")
def checkpoint(archive):
    return archive({"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array(1, np.int64)}, training=True)


@given(edits=EDITS)
@settings(max_examples=500)
def test_a_mutated_checkpoint(checkpoint, tmp_path_factory, edits):
    path = tmp_path_factory.getbasetemp() / "mutated.pth"
    path.write_bytes(mutated(checkpoint, edits))
    try:
        tensors = load_state_dict(path)
    except ModelError as error:
        assert "\n" not in str(error)
    else:
        assert sum(tensor.size for tensor in tensors.values()) < 100
