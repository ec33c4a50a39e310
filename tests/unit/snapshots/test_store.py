"""Snapshots on disk: whole or not there, and within their limits."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made.snapshots import ROOMY
from visaged.snapshots import folder as folder_module
from visaged.snapshots import names
from visaged.snapshots.folder import Folder, StoreError
from visaged.snapshots.settings import Limits
from visaged.snapshots.store import Store, Usage

NOW = 1795372988.0
NAME = "snapshot-00000001-20261122T184308.000Z-face3"


def save(store: Store, size: int = 100, utc: float = NOW, endings: tuple[str, ...] = (names.DEPTH,)) -> list[str]:
    """A snapshot whose files together have ``size`` bytes."""
    parts = {ending: bytes(10) for ending in endings}
    return store.save(utc, 3, parts, lambda _: bytes(size - 10 * len(parts)))


def store_in(path: Path, **limits: float) -> Store:
    return Store(path, replace(ROOMY, **limits), with_parents=False)  # type: ignore[arg-type]  # numbers all


def whole(path: Path) -> list[str]:
    """The names of the snapshots in a folder, oldest first; all its files belong to one."""
    parted = [names.split(file.name) for file in path.iterdir()]
    assert None not in parted, [file.name for file in path.iterdir()]
    marked = {one[0] for one in parted if one and one[1] == names.SIDECAR}
    assert {one[0] for one in parted if one} == marked
    return sorted(marked, key=names.age)


def test_a_snapshot_is_its_sidecar_and_the_files_that_it_names(tmp_path: Path) -> None:
    store = store_in(tmp_path / "new")
    told: list[str] = []
    files = store.save(NOW, 3, {names.DEPTH: b"depth", names.MESH: b"mesh"}, lambda name: told.append(name) or b"{}")
    assert told == [NAME]
    assert files == [f"{NAME}.json", f"{NAME}.png", f"{NAME}.ply"]
    assert [(tmp_path / "new" / file).read_bytes() for file in files] == [b"{}", b"depth", b"mesh"]
    assert store.usage == Usage(1, 11)


def test_others_may_not_read_them(tmp_path: Path) -> None:
    (file, *_) = save(store_in(tmp_path / "new"))
    assert (tmp_path / "new").stat().st_mode & 0o027 == 0 and (tmp_path / "new" / file).stat().st_mode & 0o137 == 0


def test_numbers_go_on_where_they_were(tmp_path: Path) -> None:
    for _ in range(3):
        save(store_in(tmp_path))
    assert [names.number(name) for name in whole(tmp_path)] == [1, 2, 3]


ACTIONS = st.tuples(st.integers(40, 400), st.booleans(), st.sampled_from([-30, -11, -9, 0, 9]))


@settings(max_examples=80)
@given(st.lists(ACTIONS, max_size=15), st.integers(400, 1500), st.integers(1, 8), st.sampled_from([0.0, 86400.0 * 10]))
def test_whatever_comes_the_limits_hold_and_whole_ones_go_oldest_first(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[int, bool, int]], most: int, count: int, age: float
) -> None:
    path = tmp_path_factory.mktemp("quota")
    (path / "foreign.json").write_bytes(bytes(5000))
    now = time.time()
    store = store_in(path, max_bytes=most, max_count=count, max_age_s=age)
    expected: list[str] = []
    for size, with_mesh, days in actions:
        files = save(store, size, now + days * 86400, (names.DEPTH, names.MESH) if with_mesh else (names.DEPTH,))
        here = {file.name for file in path.iterdir()} - {"foreign.json"}
        kept = sorted({name for name, _ in filter(None, map(names.split, here))}, key=names.age)
        expected.append(files[0].removesuffix(names.SIDECAR))
        sizes = {name: sum((path / file).stat().st_size for file in here if file.startswith(name)) for name in kept}
        assert sum(sizes.values()) <= most and len(kept) <= count
        assert store.usage == Usage(len(kept), sum(sizes.values()))
        assert all(name + names.SIDECAR in here and name + names.DEPTH in here for name in kept)
        young = [name for name in expected if not age or now - names.utc(name) <= age or name == expected[-1]]
        assert kept == young[len(young) - len(kept) :]
        expected = kept
    assert (path / "foreign.json").exists()


def test_the_floor_of_free_space_is_kept_and_nothing_is_removed_for_it(tmp_path: Path) -> None:
    save(store_in(tmp_path))
    greedy = store_in(tmp_path, min_free_bytes=10**18)
    for attempt in (lambda: save(greedy), lambda: greedy.try_out(1)):
        with pytest.raises(StoreError, match=r"less than 1e\+12 MB \(snapshot.min_free_mb\) would stay free") as caught:
            attempt()
        assert caught.value.code == "disk_full"
    assert len(whole(tmp_path)) == 1


def test_one_that_is_larger_than_the_quota_is_refused_and_removes_nothing(tmp_path: Path) -> None:
    small = store_in(tmp_path, max_bytes=150)
    save(small)
    with pytest.raises(StoreError, match="does not fit into snapshot"):
        save(small, size=200)
    assert len(whole(tmp_path)) == 1


def test_what_dead_runs_have_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    (kept, *_) = save(store_in(tmp_path))
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.write_text("precious")
    other = NAME.replace("00000001", "00000009")
    ours = [f".{other}.json.part", f".{other}.rgb.png.part", f"{other}.png", f"{other}.ply"]
    foreign = ["notes.txt", ".hidden", f"{other}.txt", f".{other}.exe.part", "snapshot-1.png"]
    for name in (*ours, *foreign):
        (tmp_path / name).write_text("x")
    (tmp_path / f"{other}.rgb.png").symlink_to(elsewhere)
    (tmp_path / f".{other}.png.part").mkdir()
    store_in(tmp_path).tidy()
    left = {path.name for path in tmp_path.iterdir()}
    assert left >= {kept, *foreign, f"{other}.rgb.png", f".{other}.png.part"} and not left & set(ours)
    assert elsewhere.read_text() == "precious"


def test_those_that_are_too_old_go_without_a_new_one(tmp_path: Path) -> None:
    now = time.time()
    for days in (40, 20):
        save(store_in(tmp_path), utc=now - days * 86400)
    store = store_in(tmp_path, max_age_s=30 * 86400.0)
    store.tidy()
    assert store.usage.count == 1 and [names.number(name) for name in whole(tmp_path)] == [2]


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in range(1, 9):
        calls = iter(range(1, 99))

        def failing(*_: object, calls: object = calls, step: int = step) -> None:
            if next(calls) == step:  # type: ignore[call-overload]  # an iterator
                raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(folder_module.os, "fsync", failing)
            try:
                save(store_in(tmp_path), endings=(names.DEPTH, names.MESH, names.COLOUR))
            except StoreError as exc:
                assert exc.code == "disk_full"
                assert list(tmp_path.iterdir()) == []
            else:
                break
    assert step == 7  # four files, and the folder twice


@pytest.mark.parametrize("with_parents", [True, False])
def test_a_folder_nobody_chose_is_made_with_those_above_it(tmp_path: Path, with_parents: bool) -> None:
    store = Store(tmp_path / "a/b", ROOMY, with_parents=with_parents)
    if with_parents:
        store.tidy()
        assert (tmp_path / "a/b").is_dir()
    else:
        with pytest.raises(StoreError, match="the folder above it is not there") as caught:
            store.tidy()
        assert caught.value.code == "folder_missing" and not (tmp_path / "a").exists()


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="it is not a folder"):
        store_in(tmp_path / "file").tidy()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere, so it steps down for a moment."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_folder_that_may_not_be_written_is_named() -> None:
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o555)
        with as_nobody(), pytest.raises(StoreError, match="may not write there") as caught:
            save(store_in(Path(path)))
        assert caught.value.code == "not_permitted"


def test_two_processes_do_not_write_into_a_folder_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "LOCK_TIMEOUT_S", 0.05)
    other = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(StoreError, match="another process holds"):
        save(store_in(tmp_path))
    os.close(other)
    assert save(store_in(tmp_path))


def test_trying_out_writes_as_much_as_is_asked_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write: Callable[[Folder, str, bytes], None] = Folder._write

    def noting(folder: Folder, file: str, content: bytes) -> None:
        written.append(len(content))
        write(folder, file, content)

    monkeypatch.setattr(Folder, "_write", noting)
    store_in(tmp_path).try_out(12345)
    assert written == [12345] and list(tmp_path.iterdir()) == []


def test_limits_are_bytes_of_all_files(tmp_path: Path) -> None:
    store = Store(tmp_path, Limits(max_bytes=250, max_count=9, max_age_s=0.0, min_free_bytes=0), with_parents=False)
    for _ in range(5):
        save(store, 100, endings=(names.DEPTH, names.MESH))
    assert len(whole(tmp_path)) == 2 and store.usage == Usage(2, 200)
