"""pack.toml is read as strictly as it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.models import manifest
from visaged.models.manifest import Detector, FaceModel, File, Layout, Manifest, Original, Regressor, Source

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


def regressor(**changes):
    values = {"file": "net.onnx", "input": "input", "output": "params", "size": 120, "channels": "bgr"}
    values |= {"mean": 127.5, "scale": 128.0, "width": 0.5, "layout": Layout()}
    return Regressor(**(values | changes))


@given(licence=words, sources=st.dictionaries(words, st.builds(Original, words, st.booleans())), file=names)
def test_what_is_written_is_what_is_read(licence, sources, file):
    written = example(
        licence=licence, sources=sources, files={file: File("ff", 3)}, detector=Detector(file, "faceboxes", "x")
    )

    assert manifest.decode(manifest.encode(written)) == written


@pytest.mark.parametrize("signals", [None, "signals"])
@pytest.mark.parametrize("roles", [(), ("jaw",), ("lid_left", "lid_right", "jaw")])
def test_signals_and_roles_are_read_as_written_and_left_out_where_there_are_none(signals, roles):
    written = example(regressor=regressor(signals=signals), face_model=FaceModel("net.onnx", roles))

    text = manifest.encode(written)

    assert manifest.decode(text) == written
    assert ("signals = " in text, "roles = " in text) == (signals is not None, roles != ())


@pytest.mark.parametrize(
    ("signals", "roles", "complaint"),
    [
        ('"params"', '["jaw"]', "signals = 'params' does not name an output of its own"),
        ('""', '["jaw"]', "signals = '' does not name an output of its own"),
        ("6", '["jaw"]', r"Expected `str \| null`, got `int`"),
        ('"signals"', '["jaw", "jaw"]', "names one twice"),
        ('"signals"', '["nose"]', "Invalid enum value 'nose'"),
        ('"signals"', '"jaw"', "Expected `array`, got `str`"),
    ],
)
def test_signals_or_roles_that_cannot_be_are_refused(signals, roles, complaint):
    text = manifest.encode(example(regressor=regressor(signals="signals"), face_model=FaceModel("net.onnx", ("jaw",))))
    text = text.replace('signals = "signals"', f"signals = {signals}").replace('roles = ["jaw"]', f"roles = {roles}")

    with pytest.raises(ValueError, match=complaint):
        manifest.decode(text)


def test_more_roles_than_expressions_are_refused():
    layout = Layout(expression=2)
    with pytest.raises(ValueError, match="3 roles are more than the layout's 2 expressions"):
        example(regressor=regressor(layout=layout), face_model=FaceModel("net.onnx", ("lid_left", "lid_right", "jaw")))


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
