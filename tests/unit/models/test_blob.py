"""Fingerprints agree with git's and with coreutils'."""

from visaged.models.blob import git_blob_id, sha256


def test_git_blob_id_of_a_known_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"hello\n")

    assert git_blob_id(path) == "ce013625030ba8dba906f756967f9e9ca394464a"  # echo hello | git hash-object --stdin


def test_sha256_of_an_empty_file(tmp_path):
    path = tmp_path / "file"
    path.touch()

    assert sha256(path) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
