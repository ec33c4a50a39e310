"""Files that are written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write to, which becomes ``path`` if the block ends well; the file that was there stays until then."""
    partial = path.with_name(f".{path.name}.part")
    try:
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_arrays(path: Path, arrays: dict[str, np.ndarray], *, compressed: bool = False) -> None:
    """Write an ``npz`` file, and the folder that it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as partial, partial.open("wb") as file:
        (np.savez_compressed if compressed else np.savez)(file, **arrays)
