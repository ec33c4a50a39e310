"""OBJ and MTL files, as trimesh reads them."""

import dataclasses

import cv2
import numpy as np
import pytest
import trimesh

from visaged.formats.obj import encode_mtl, encode_obj


def read(folder, content):
    (folder / "a.obj").write_bytes(content)
    return trimesh.load(folder / "a.obj", process=False)


def test_vertices_colours_and_triangles_come_back(solid, tmp_path):
    mesh = read(tmp_path, encode_obj([("face1", solid)]))
    assert mesh.vertices == pytest.approx(solid.vertices, abs=1e-4)
    assert np.array_equal(mesh.faces, solid.triangles)
    assert np.array_equal(mesh.visual.vertex_colors[:, :3], solid.colours)
    assert mesh.is_watertight and mesh.volume > 0


def test_colours_come_back_from_a_reader_that_rounds_down(solid):
    every = np.arange(256, dtype=np.uint8).repeat(3).reshape(256, 3)
    shades = dataclasses.replace(
        solid, vertices=np.zeros((256, 3), np.float32), triangles=np.int32([[0, 1, 2]]), colours=every, uv=None
    )
    lines = [line.split() for line in encode_obj([("a", shades)]).decode().splitlines() if line.startswith("v ")]
    assert [int(np.float32(line[4]) * np.float32(255)) for line in lines] == list(range(256))


def test_each_surface_is_an_object_with_a_texture_of_its_own(solid, tmp_path):
    textures = []
    for name, colour in (("t1.png", (0, 0, 255)), ("t2.png", (255, 0, 0))):
        cv2.imwrite(str(tmp_path / name), np.full((8, 8, 3), colour, np.uint8))
        textures.append((name.replace("t", "face").removesuffix(".png"), name))
    (tmp_path / "a.mtl").write_bytes(encode_mtl(textures))
    scene = read(tmp_path, encode_obj([("face1", solid), ("face2", solid)], materials="a.mtl"))
    assert set(scene.geometry) == {"face1", "face2"}
    for name, colour in (("face1", (255, 0, 0)), ("face2", (0, 0, 255))):  # RGB
        mesh = scene.geometry[name]
        assert (len(mesh.vertices), len(mesh.faces)) == (162, 320)
        assert mesh.visual.uv == pytest.approx(solid.uv, abs=1e-6)
        assert mesh.visual.material.image.convert("RGB").getpixel((0, 0)) == colour


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "a/b", "\udcff", "#", "\\"])
def test_a_name_that_would_not_stay_one_is_refused(solid, name):
    for write in (
        lambda: encode_obj([(name, solid)]),
        lambda: encode_obj([("a", solid)], materials=name),
        lambda: encode_mtl([(name, "a.png")]),
        lambda: encode_mtl([("a", name)]),
    ):
        with pytest.raises(ValueError, match="cannot be a name") as refused:
            write()
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("solids", "sentence"),
    [(0, "needs a surface"), (2, "must differ")],
)
def test_objects_that_cannot_be_told_apart_are_refused(solid, solids, sentence):
    with pytest.raises(ValueError, match=sentence):
        encode_obj([("face1", solid)] * solids)


def test_a_texture_needs_uvs(solid):
    with pytest.raises(ValueError, match="'face1' has no UVs"):
        encode_obj([("face1", dataclasses.replace(solid, uv=None))], materials="a.mtl")


def test_a_comment_that_would_not_stay_one_is_refused(solid):
    with pytest.raises(ValueError, match="cannot be a comment"):
        encode_obj([("face1", solid)], ["one\nv 0 0 0"])
