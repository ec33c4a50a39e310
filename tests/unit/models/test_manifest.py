"""pack.toml is read as strictly as it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.models import manifest
from visaged.models.manifest import Detector, File, Manifest, Original, Source

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = words.filter(lambda text: text and not text.startswith(".") and "/" not in text and "\\" not in text)


def example(**changes):
    values = {
        "format": 1,
        "name": "made",
        "version": "1",
        "licence": "MIT",
        "permitted_use": "Any.",
        "verified": True,
        "source": Source("a/b", "c0ffee"),
        "sources": {"dir/file.pth": Original("ab12", True)},
        "files": {"net.onnx": File("ff", 3)},
        "detector": Detector("net.onnx", "yunet", "input"),
    }
    return Manifest(**(values | changes))


@given(licence=words, sources=st.dictionaries(words, st.builds(Original, words, st.booleans())), file=names)
def test_what_is_written_is_what_is_read(licence, sources, file):
    written = example(
        licence=licence, sources=sources, files={file: File("ff", 3)}, detector=Detector(file, "faceboxes", "x")
    )

    assert manifest.decode(manifest.encode(written)) == written


@pytest.mark.parametrize("name", ["../net.onnx", "/etc/passwd", ".hidden", ""])
def test_a_file_outside_the_folder_is_refused(name):
    text = (
        manifest.encode(example())
        .replace('[files."net.onnx"]', f'[files."{name}"]')
        .replace('file = "net.onnx"', f'file = "{name}"')
    )

    with pytest.raises(ValueError, match="plain name"):
        manifest.decode(text)


def test_a_part_that_is_not_among_the_files_is_refused():
    with pytest.raises(ValueError, match="not among"):
        example(files={})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format = 1", "format = 2"),
        ("verified = true", 'verified = "yes"'),
        ('name = "made"', ""),
        ("format = 1", "format = 1\nsurprise = 1"),
        ('kind = "yunet"', 'kind = "oracle"'),
        ("format = 1", "format ="),
    ],
)
def test_a_description_that_breaks_the_schema_is_refused(old, new):
    text = manifest.encode(example())
    assert old in text

    with pytest.raises(ValueError, match=r"."):
        manifest.decode(text.replace(old, new, 1))
