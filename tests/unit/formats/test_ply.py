"""PLY files, as trimesh reads them."""

import dataclasses
import io

import numpy as np
import pytest
import trimesh

from visaged.formats.ply import encode_ply
from visaged.formats.solid import Solid
from visaged.formats.text import on_one_line


def read(content):
    return trimesh.load(io.BytesIO(content), file_type="ply", process=False)


@pytest.mark.parametrize("form", ["binary", "ascii"])
def test_vertices_colours_and_triangles_come_back(solid, form):
    mesh = read(encode_ply([solid], form=form))
    assert mesh.vertices == pytest.approx(solid.vertices, abs=1e-4)
    assert np.array_equal(mesh.faces, solid.triangles)
    assert np.array_equal(mesh.visual.vertex_colors[:, :3], solid.colours)
    assert mesh.is_watertight and mesh.volume > 0


@pytest.mark.parametrize("form", ["binary", "ascii"])
def test_several_surfaces_are_one_file(solid, form):
    moved = dataclasses.replace(solid, vertices=solid.vertices + np.float32(100))
    both = read(encode_ply([solid, moved], form=form))
    assert [len(part.faces) for part in both.split()] == [len(solid.triangles)] * 2
    assert both.vertices[len(solid.vertices) :] == pytest.approx(moved.vertices, abs=1e-4)


def test_the_header_says_how_to_read_it_and_under_what_terms(solid):
    header = encode_ply([solid], ["licence: mine ©"]).partition(b"end_header\n")[0].decode().splitlines()
    assert header[:2] == ["ply", "format binary_little_endian 1.0"]
    assert header[2].startswith("comment x right, y up, z towards the viewer")
    assert header[3:] == [
        "comment licence: mine ©",
        "element vertex 162",
        *(f"property float {axis}" for axis in "xyz"),
        *(f"property uchar {colour}" for colour in ("red", "green", "blue")),
        "element face 320",
        "property list uchar int vertex_indices",
    ]


def test_points_without_triangles_are_a_file(solid):
    points = dataclasses.replace(solid, triangles=np.zeros((0, 3), np.int32))
    assert b"element face 0" in encode_ply([points], form="ascii")


@pytest.mark.parametrize("kind", [np.uint8, np.uint64, np.int64])
def test_triangles_of_any_integers_are_numbered_on(solid, kind):
    few = Solid(solid.vertices[:150], kind([[0, 1, 2]]), solid.colours[:150])
    assert read(encode_ply([few, few])).faces.tolist() == [[0, 1, 2], [150, 151, 152]]


HOSTILE = ["two\nlines", "a\x00b", "\udcff", "end_header", "tab\t"]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_be_made_a_comment(solid, text):
    header = encode_ply([solid], [on_one_line(text)]).partition(b"\nend_header\n")[0]
    assert len(header.splitlines()) == 13


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_that_would_not_stay_one_is_refused(solid, text):
    with pytest.raises(ValueError, match="cannot be a comment") as refused:
        encode_ply([solid], [text])
    assert "\n" not in str(refused.value)


def test_a_file_of_nothing_is_refused():
    with pytest.raises(ValueError, match="needs a surface"):
        encode_ply([])
