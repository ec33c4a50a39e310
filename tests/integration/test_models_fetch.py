"""``visaged models fetch`` and its downloads against a real HTTP server on loopback."""

import hashlib
import signal
import subprocess
import sys
import time

import pytest

from made.http_server import serve
from visaged.cli import main
from visaged.errors import ModelError
from visaged.models.blob import git_blob_id
from visaged.models.download import Patience, UnreachableError, download
from visaged.models.fetch import fetch_originals
from visaged.models.importer import import_pack
from visaged.models.registry import SourceFile, SourcePack

CONTENT = bytes(range(256)) * 2000
IMPATIENT = Patience(timeout=0.3, attempts=2, pause=0.01)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve({"/file": CONTENT}) as running:
        yield running


@pytest.fixture
def target(tmp_path):
    return tmp_path / "file"


EXPECTED = SourceFile(sha256=hashlib.sha256(CONTENT).hexdigest(), size=len(CONTENT))
UNSIZED = SourceFile(sha256=EXPECTED.sha256)


def fetch(server, target, expected=EXPECTED):
    download(f"{server.url}/file", target, expected, IMPATIENT)


def leftovers(target):
    return sorted(path.name for path in target.parent.iterdir() if path != target)


@pytest.mark.parametrize("expected", [EXPECTED, UNSIZED])
def test_a_file_arrives_whole(server, target, expected):
    fetch(server, target, expected)

    assert target.read_bytes() == CONTENT
    assert leftovers(target) == []


def test_a_connection_that_breaks_is_gone_on_from_where_it_broke(server, target):
    server.behaviour.cut_after = 300_000
    fetch(server, target)

    assert target.read_bytes() == CONTENT
    assert server.behaviour.log == [("/file", None), ("/file", "bytes=300000-")]


def test_a_later_call_goes_on_from_an_earlier_one(server, target):
    (target.parent / "file.part").write_bytes(CONTENT[:123_456])
    fetch(server, target)

    assert target.read_bytes() == CONTENT
    assert server.behaviour.log == [("/file", "bytes=123456-")]


def test_a_server_that_ignores_ranges_is_read_from_the_start(server, target):
    server.behaviour.ranges = False
    (target.parent / "file.part").write_bytes(CONTENT[:123_456])
    fetch(server, target)

    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("expected", [EXPECTED, UNSIZED])
def test_a_part_that_was_complete_is_not_lost(server, target, expected):
    (target.parent / "file.part").write_bytes(CONTENT)
    fetch(server, target, expected)

    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("part", [b"", CONTENT[:1000]])
def test_a_corrupt_answer_is_reported_and_nothing_of_it_kept(server, target, part):
    server.behaviour.files["/file"] = CONTENT[:-1] + b"x"
    (target.parent / "file.part").write_bytes(part)

    with pytest.raises(
        ModelError, match=r"/file answers is not the expected file \(its hash differs\); nothing of it was kept"
    ):
        fetch(server, target)
    assert not target.exists()
    assert leftovers(target) == []


def test_an_answer_without_end_is_cut_at_the_known_size(server, target):
    server.behaviour.files["/file"] = CONTENT * 20

    with pytest.raises(ModelError, match="not the expected file"):
        fetch(server, target)
    assert leftovers(target) == []


def test_a_server_that_falls_silent_is_given_up_and_the_part_kept(server, target):
    server.behaviour.stall_after = 50_000
    start = time.monotonic()

    with pytest.raises(UnreachableError, match=r"cannot download .*/file \(.*timed out"):
        fetch(server, target)
    assert time.monotonic() - start < 5
    assert not target.exists()
    assert leftovers(target) == ["file.part"]


def test_a_slow_server_is_waited_for_while_it_sends(server, target):
    server.behaviour.pause_per_chunk = 0.01

    fetch(server, target)
    assert target.read_bytes() == CONTENT


def test_a_missing_file_is_not_asked_for_twice(server, target):
    server.behaviour.files.clear()

    with pytest.raises(UnreachableError, match=r"/file \(HTTP 404 Not Found\)"):
        fetch(server, target)
    assert len(server.behaviour.log) == 1


def test_a_server_error_is_tried_again(server, target):
    server.behaviour.status = 503

    with pytest.raises(UnreachableError, match="HTTP 503"):
        fetch(server, target)
    assert len(server.behaviour.log) == IMPATIENT.attempts


def test_nobody_listening_is_unreachable(server, target):
    server.shutdown()
    server.server_close()

    with pytest.raises(UnreachableError, match="Connection refused"):
        fetch(server, target)


def registry_entry(clone):
    """A registry entry whose hashes are those of a made clone."""
    paths = [str(path.relative_to(clone)) for path in sorted(clone.rglob("*")) if path.is_file()]
    files = {path: SourceFile(blob=git_blob_id(clone / path), regressor="mb05" * ("mb05" in path)) for path in paths}
    files["weights/mb1_120x120.pth"] = SourceFile(blob="00", regressor="mb1")
    return SourcePack(
        version="made",
        licence="none",
        permitted_use="Tests.",
        repository="made/clone",
        commit="c0ffee" * 6,
        url="",
        files=files,
        regressors=("mb05", "mb1"),
    )


def test_fetched_files_become_a_verified_pack(server, made_clone, tmp_path):
    source = registry_entry(made_clone)
    for path in source.needed("mb05"):
        server.behaviour.files[f"/m/{path}"] = (made_clone / path).read_bytes()

    for _ in range(2):
        originals = fetch_originals("3ddfa_v2", source, tmp_path, base_url=f"{server.url}/m/", patience=IMPATIENT)
        assert import_pack(originals, source, tmp_path).verified
    assert len(server.behaviour.log) == len(source.needed("mb05"))  # the second time everything was there


def test_a_cached_file_that_went_bad_is_fetched_again(server, made_clone, tmp_path):
    source = registry_entry(made_clone)
    for path in source.needed("mb05"):
        server.behaviour.files[f"/{path}"] = (made_clone / path).read_bytes()
    originals = fetch_originals("3ddfa_v2", source, tmp_path, base_url=server.url, patience=IMPATIENT)
    originals.files["configs/tri.pkl"].write_bytes(b"rotten")

    fetch_originals("3ddfa_v2", source, tmp_path, base_url=server.url, patience=IMPATIENT)
    assert git_blob_id(originals.files["configs/tri.pkl"]) == source.files["configs/tri.pkl"].blob


PATH = "/models/face_detection_yunet/face_detection_yunet_2023mar.onnx"


def test_offline_one_sentence_says_how_to_import(models_command, server, tmp_path):
    server.shutdown()
    server.server_close()
    done = models_command("--models-dir", tmp_path, "fetch", "yunet", "--base-url", server.url, "--timeout", "1")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "without network, copy a clone of github.com/opencv/opencv_zoo" in done.stderr
    assert "'visaged models import DIR'" in done.stderr


def test_without_onnx_nothing_is_downloaded(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "onnx", None)

    assert main(["models", "fetch", "yunet", "--models-dir", str(tmp_path), "--base-url", server.url]) == 1
    assert "importing models needs onnx" in capsys.readouterr().err
    assert server.behaviour.log == []


def test_a_corrupt_answer_leaves_no_pack(models_command, server, tmp_path):
    server.behaviour.files[PATH] = CONTENT
    done = models_command("fetch", "yunet", "--base-url", server.url, "--models-dir", tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert "is not the expected file" in done.stderr
    assert not (tmp_path / "yunet").exists()
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".onnx", ".part")]


ONE_DOWNLOAD = """
import sys
from pathlib import Path
from visaged.models.download import Patience, download
from visaged.models.registry import SourceFile
download(sys.argv[1], Path(sys.argv[2]), SourceFile(sha256=sys.argv[3]), Patience())
"""


def test_a_killed_download_leaves_only_a_part_and_the_next_goes_on(server, target):
    server.behaviour.stall_after = 200_000
    command = [sys.executable, "-c", ONE_DOWNLOAD, f"{server.url}/file", target, EXPECTED.sha256]

    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        wait_for_part(target.parent)
        process.send_signal(signal.SIGKILL)
    assert leftovers(target) == ["file.part"]
    assert not target.exists()

    server.behaviour.stall_after = None
    fetch(server, target)
    assert target.read_bytes() == CONTENT
    assert server.behaviour.log[-1][1] is not None  # it went on, with a Range


@pytest.mark.needs_shared
def test_a_killed_fetch_leaves_nothing_that_looks_complete_and_the_next_finishes(
    models_command, server, shared, tmp_path
):
    original = shared / "upstream/yunet/face_detection_yunet_2023mar.onnx"
    server.behaviour.files[PATH] = original.read_bytes()
    server.behaviour.stall_after = 100_000
    arguments = ["--models-dir", str(tmp_path), "fetch", "yunet", "--base-url", server.url]

    with subprocess.Popen(
        [sys.executable, "-m", "visaged", "models", *arguments], stderr=subprocess.DEVNULL
    ) as process:
        part = wait_for_part(tmp_path)
        process.send_signal(signal.SIGKILL)
    assert part.stat().st_size < original.stat().st_size
    assert models_command("--models-dir", tmp_path, "list", "--json").stdout == "[]\n"

    server.behaviour.stall_after = None
    done = models_command(*arguments)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, f"yunet 2023mar is in {tmp_path}/yunet")
    assert server.behaviour.log[-1][1] is not None  # it went on, with a Range
    assert models_command("--models-dir", tmp_path, "verify").returncode == 0


def wait_for_part(folder):
    """The partial download, once something of it is on disk."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for part in folder.rglob("*.part"):
            if part.is_file() and part.stat().st_size > 0:
                return part
        time.sleep(0.02)
    raise AssertionError("the download never began")
