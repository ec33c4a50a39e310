"""``visaged models`` as a person meets it: exit status, standard output, one sentence on standard error."""

import json
import shutil

import pytest


@pytest.fixture
def place(made_pack_dir, tmp_path):
    return shutil.copytree(made_pack_dir, tmp_path / "models")


def test_list_tells_terms_size_and_state(models_command, place):
    done = models_command("--models-dir", place, "list")

    assert (done.returncode, done.stderr) == (0, "")
    first, *rest = done.stdout.splitlines()
    assert first == "3ddfa_v2  1b6c676  1.6 MB  unverified"
    assert any(line.strip().startswith("permitted use: Academic research only") for line in rest)
    assert any(line.strip() == "licence: Apache-2.0" for line in rest)


def test_list_as_json(models_command, place):
    done = models_command("--models-dir", place, "list", "--json")

    packs = {pack["name"]: pack for pack in json.loads(done.stdout)}
    assert set(packs) == {"3ddfa_v2", "yunet"}
    assert packs["yunet"]["state"] == "unverified"
    assert packs["yunet"]["size"] == (place / "yunet/detector.onnx").stat().st_size


def test_list_without_packs_says_how_to_get_one(models_command, tmp_path):
    done = models_command("--models-dir", tmp_path / "none", "list")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(f"visaged: no model packs in {tmp_path}/none; get one with 'visaged models fetch'")


def test_verify_without_packs_has_verified_nothing(models_command, tmp_path):
    done = models_command("verify", "--models-dir", tmp_path / "none")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"visaged: no model packs in {tmp_path}/none; get one with 'visaged models fetch'")


@pytest.mark.parametrize("command", [["list"], ["verify"], ["verify", "3ddfa_v2", "yunet"]])
def test_the_folder_is_named_before_the_command_or_behind_it(models_command, place, command):
    before = models_command("--models-dir", place, *command)
    behind = models_command(*command, "--models-dir", place)

    assert (before.returncode, before.stdout) == (behind.returncode, behind.stdout)
    assert f"folder: {place}/yunet" in behind.stdout


def test_verify_passes_whole_packs(models_command, place):
    done = models_command("--models-dir", place, "verify")

    assert (done.returncode, done.stderr) == (0, "")


def test_verify_finds_a_changed_byte(models_command, place):
    path = place / "yunet/detector.onnx"
    path.write_bytes(b"x" + path.read_bytes()[1:])
    done = models_command("--models-dir", place, "verify", "--json")

    assert done.returncode == 1
    states = {pack["name"]: pack["state"] for pack in json.loads(done.stdout)}
    assert states == {"3ddfa_v2": "unverified", "yunet": "damaged"}


def test_verify_of_one_pack_leaves_the_others_out(models_command, place):
    (place / "yunet/detector.onnx").unlink()

    assert models_command("--models-dir", place, "verify", "3ddfa_v2").returncode == 0
    done = models_command("--models-dir", place, "verify", "yunet")
    assert done.returncode == 1
    assert "incomplete" in done.stdout


def test_verify_of_an_unknown_pack_says_where_it_looked(models_command, place):
    done = models_command("--models-dir", place, "verify", "mine")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"visaged: no model pack 'mine' in {place}; get one")
    assert done.stderr.count("\n") == 1


def test_import_needs_a_word_for_files_that_are_not_upstreams(models_command, made_clone, tmp_path):
    place = tmp_path / "models"
    refused = models_command("--models-dir", place, "import", made_clone)
    assert (refused.returncode, refused.stdout, place.exists()) == (1, "", False)
    assert "--allow-unverified" in refused.stderr
    assert refused.stderr.count("\n") == 1

    allowed = models_command("import", made_clone, "--allow-unverified", "--models-dir", place)
    assert (allowed.returncode, allowed.stderr) == (0, "")
    assert allowed.stdout.startswith(f"3ddfa_v2 1b6c676 is in {place}/3ddfa_v2 (unverified")


def test_import_of_a_hostile_clone_is_one_sentence(models_command, clone_copy, tmp_path):
    (clone_copy / "configs/tri.pkl").write_bytes(b"cos\nsystem\n(S'touch executed'\ntR.")
    done = models_command("--models-dir", tmp_path / "models", "import", clone_copy, "--allow-unverified", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("visaged: ")
    assert "only arrays" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["polish"],
        ["import"],
        ["fetch", "open"],
        ["fetch", "yunet", "--timeout", "0"],
        ["fetch", "yunet", "--timeout", "soon"],
        ["fetch", "yunet", "--base-url", "file:///etc"],
        ["import", ".", "--regressor", "mb2"],
    ],
)
def test_wrong_usage_exits_with_2(models_command, arguments):
    done = models_command(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_help_reads_well(models_command):
    done = models_command("--help")

    assert done.returncode == 0
    for word in ("list", "verify", "import", "fetch", "licence"):
        assert word in done.stdout
