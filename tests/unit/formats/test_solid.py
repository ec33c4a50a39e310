"""From a mesh in a picture to a surface that files can hold."""

import dataclasses

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from visaged.formats.solid import Solid, solid_of
from visaged.values import Mesh

GREY = np.full((40, 60, 3), 90, np.uint8)


def test_what_faces_outward_in_the_image_faces_outward_in_the_file(ball, ball_in_image):
    solid = solid_of(*ball_in_image, GREY)
    read = trimesh.Trimesh(solid.vertices, solid.triangles, process=False)
    assert read.is_watertight and read.is_winding_consistent
    assert read.volume == pytest.approx(ball.volume, rel=1e-5)  # it is negative where the inside is outside


def test_y_points_up_from_the_bottom_left_pixel_and_z_begins_at_the_farthest_point(ball, ball_in_image):
    solid = solid_of(*ball_in_image, GREY)
    assert solid.vertices[:, :2] == pytest.approx(ball.vertices[:, :2], abs=1e-4)
    assert solid.vertices[:, 2] == pytest.approx(ball.vertices[:, 2] - ball.vertices[:, 2].min(), abs=1e-4)


def test_colours_are_rgb_and_those_of_the_pixels():
    image = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    x, y = np.meshgrid(np.arange(7), np.arange(5))
    mesh = Mesh(np.float32([x.ravel(), y.ravel(), 0 * x.ravel()]), 1.0)
    assert np.array_equal(solid_of(mesh, np.zeros((0, 3), np.int32), image).colours, image[:, :, ::-1].reshape(-1, 3))


@pytest.mark.parametrize(
    ("x", "y", "colour"), [(0.5, 0, 50), (0.5, 1, 150), (0.25, 0.5, 75), (-9, -9, 0), (9e30, 2, 200)]
)
def test_colours_between_pixels_are_mixed_and_outside_are_the_nearest(x, y, colour):
    image = np.repeat(np.uint8([[0, 100], [100, 200]])[:, :, None], 3, axis=2)
    mesh = Mesh(np.float32([[x], [y], [0]]), 1.0)
    assert solid_of(mesh, np.zeros((0, 3), np.int32), image).colours.tolist() == [[colour] * 3]


@given(
    st.integers(1, 4),
    st.integers(1, 4),
    st.floats(-(2.0**126), 2.0**126, width=32),
    st.floats(-(2.0**126), 2.0**126, width=32),
)
def test_any_place_has_a_colour_of_the_picture(width, height, x, y):
    image = np.full((height, width, 3), 7, np.uint8)
    mesh = Mesh(np.float32([[x], [y], [0]]), 1.0)
    assert solid_of(mesh, np.zeros((0, 3), np.int32), image).colours.tolist() == [[7, 7, 7]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"vertices": np.zeros((0, 3), np.float32)}, "a surface needs a vertex"),
        ({"vertices": np.float32(1)}, "a surface needs a vertex"),
        ({"vertices": np.zeros((162, 2), np.float32)}, r"vertices must be \(162, 3\) floats"),
        ({"vertices": np.zeros((162, 3), np.int32)}, r"vertices must be \(162, 3\) floats"),
        ({"vertices": np.full((162, 3), np.nan, np.float32)}, "number 0 is not"),
        ({"vertices": np.full((162, 3), 1e300)}, "number 0 is not"),
        ({"triangles": np.int32([[0, 1, 2], [0, 1, 162]])}, "triangle 1 is .0, 1, 162., but there are 162 vertices"),
        ({"triangles": np.int32([[0, -1, 2]])}, "triangle 0 is"),
        ({"triangles": np.int32([[0, 1]])}, r"triangles must be \(M, 3\) integers"),
        ({"triangles": np.float32([[0, 1, 2]])}, r"triangles must be \(M, 3\) integers"),
        ({"colours": np.zeros((161, 3), np.uint8)}, r"colours must be \(162, 3\) uint8"),
        ({"colours": np.zeros((162, 3), np.int32)}, r"colours must be \(162, 3\) uint8"),
        ({"uv": np.full((162, 2), np.inf, np.float32)}, "UVs must be finite"),
        ({"uv": np.zeros((162, 3), np.float32)}, r"UVs must be \(162, 2\) floats"),
    ],
)
def test_arrays_that_are_no_surface_are_refused_in_one_sentence(solid, change, sentence):
    with pytest.raises(ValueError, match=sentence) as refused:
        dataclasses.replace(solid, **change)
    assert "\n" not in str(refused.value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_mesh_that_is_nowhere_is_refused(value):
    for row in range(3):
        vertices = np.zeros((3, 4), np.float32)
        vertices[row, 2] = value
        with pytest.raises(ValueError, match="finite"):
            solid_of(Mesh(vertices, 1.0), np.int32([[0, 1, 2]]), GREY)


def test_a_mesh_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(3, N\)"):
        solid_of(Mesh(np.zeros((4, 3), np.float32), 1.0), np.int32([[0, 1, 2]]), GREY)


def test_no_uvs_are_fine(solid):
    assert Solid(solid.vertices, solid.triangles, solid.colours).uv is None
