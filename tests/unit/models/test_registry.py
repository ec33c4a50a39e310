"""The registry is complete, typed, and agrees with the shared facts."""

import pytest

from visaged import toml
from visaged.errors import ModelError
from visaged.models import registry

ENTRY = """
[packs.x]
version = "1"
licence = "MIT"
permitted_use = "Any."
repository = "a/b"
commit = "c0ffee"
url = "https://example.org/{repository}/{commit}/{path}"
[packs.x.files."d/f"]
sha256 = "00"
"""


def test_the_installed_registry_knows_both_packs():
    packs = registry.installed()

    assert set(packs) == {"3ddfa_v2", "yunet"}
    assert packs["3ddfa_v2"].commit == "1b6c67601abffc1e9f248b291708aef0e43b55ae"


def test_each_regressor_needs_one_file_of_its_own():
    pack = registry.installed()["3ddfa_v2"]

    assert set(pack.needed("mb05")) ^ set(pack.needed("mb1")) == {"weights/mb05_120x120.pth", "weights/mb1_120x120.pth"}


def test_addresses_come_from_upstream_or_from_a_mirror():
    (pack,) = registry.parse(ENTRY).values()

    assert pack.address("d/f") == "https://example.org/a/b/c0ffee/d/f"
    assert pack.address("d/f", "http://127.0.0.1:8/m/") == "http://127.0.0.1:8/m/d/f"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('sha256 = "00"', "size = 3", "knows no hash of d/f in x"),
        ('version = "1"', "version = 1", "damaged"),
        ("[packs.x]", "[packs.x", "damaged"),
        ('commit = "c0ffee"', "", "damaged"),
    ],
)
def test_a_damaged_registry_is_one_clear_error(old, new, words):
    with pytest.raises(ModelError, match=f"{words}.*; install visaged again"):
        registry.parse(ENTRY.replace(old, new))


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (registry.SourceFile(blob="ce013625030ba8dba906f756967f9e9ca394464a"), True),
        (registry.SourceFile(blob="ce013625030ba8dba906f756967f9e9ca394464a", size=7), False),
        (registry.SourceFile(blob="ce013625030ba8dba906f756967f9e9ca394464a", sha256="00"), False),
        (registry.SourceFile(blob="00"), False),
    ],
)
def test_a_file_matches_only_if_all_that_is_known_does(tmp_path, file, expected):
    path = tmp_path / "file"
    path.write_bytes(b"hello\n")

    assert file.matches(path) is expected


@pytest.mark.needs_shared
def test_the_blob_ids_are_those_of_the_shared_facts(shared):
    facts = toml.loads((shared / "upstream/UPSTREAM.toml").read_text())
    pack = registry.installed()["3ddfa_v2"]

    assert {path: file.blob for path, file in pack.files.items()} == facts["blobs"]
    assert pack.commit.startswith(facts["commit"])


@pytest.mark.needs_shared
def test_true_files_match_and_the_stand_in_does_not(shared):
    files = registry.installed()["3ddfa_v2"].needed("mb05")
    differing = [path for path, file in files.items() if not file.matches(shared / "upstream/3ddfa_v2" / path)]

    assert differing == ["configs/bfm_noneck_v3.pkl"]
