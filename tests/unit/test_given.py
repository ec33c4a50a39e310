"""Boxes and regions from the user's JSON file."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged import _native
from visaged.cli.given import read_regions
from visaged.errors import UsageError
from visaged.vision.roi import roi_from_box

PICTURE = Path("photos/a.jpg")
BOX = [1.5, 2, 30, 40.25]


@pytest.fixture(scope="module")
def regions(tmp_path_factory):
    """``regions(content)``: those of ``PICTURE`` in a file that holds ``content``."""
    path = tmp_path_factory.mktemp("given") / "boxes.json"

    def read(content):
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return read_regions(path, [PICTURE])[PICTURE]

    return read


def test_boxes_are_read_by_the_name_of_the_file(regions):
    assert regions({"a.jpg": [BOX, BOX], "b.jpg": []}) == [tuple(BOX)] * 2


def test_the_path_as_given_comes_before_the_name(regions):
    assert regions({"a.jpg": [], "photos/a.jpg": [BOX]}) == [tuple(BOX)]


def test_a_picture_may_have_no_boxes(regions):
    assert regions({"a.jpg": []}) == []


def test_a_picture_that_is_not_in_the_file_is_named(regions):
    with pytest.raises(UsageError, match=r"boxes\.json: has no entry for photos/a\.jpg; add one, \[\] if"):
        regions({"b.jpg": [BOX]})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"gone\.json: cannot be read \(No such file or directory\)"):
        read_regions(tmp_path / "gone.json", [PICTURE])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"\xff": []}',
        b"[]",
        b"[" * 100_000,
        b'{"a.jpg": [[1, 2, 3]]}',
        b'{"a.jpg": [1, 2, 3, 4]}',
        b'{"a.jpg": [["1", 2, 3, 4]]}',
        b'{"a.jpg": [[NaN, 2, 3, 4]]}',
        b'{"a.jpg": [[1e999, 2, 3, 4]]}',
        b'{"a.jpg": null}',
        b'{"a.jpg": [[true, false, 30, 40]]}',
    ],
)
def test_what_is_not_such_a_file_is_refused_in_one_sentence(regions, content):
    with pytest.raises(UsageError, match=r"boxes\.json: not a JSON object \{file name") as caught:
        regions(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "box",
    [
        [30, 2, 1, 40],
        [1, 40, 30, 2],
        [1, 2, 1, 40],
        [1.5, 1.5, 2.5, 2.5],
        [-30000, 0, 30000, 60],
        [40000, 0, 40100, 100],
        [1e308, 0, -1e308, 1],
    ],
)
def test_an_empty_or_absurd_box_is_refused_and_shown(regions, box):
    with pytest.raises(UsageError, match=r"boxes\.json: a\.jpg: \[.*\] is not x1, y1, x2, y2 in pixels"):
        regions({"a.jpg": [box]})


corners = st.one_of(st.floats(-40, 40), st.floats(-4e4, 4e4))


@given(box=st.tuples(corners, corners, corners, corners))
def test_what_is_accepted_can_be_cropped_enlarged_or_not(regions, box):
    try:
        (region,) = regions({"a.jpg": [box]})
    except UsageError:
        return
    for roi in (region, roi_from_box(region)):
        _native.crop(np.zeros((4, 4, 3), np.uint8), roi, np.zeros((1, 3, 4, 4), np.float32))
