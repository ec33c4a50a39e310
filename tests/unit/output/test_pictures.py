"""Pictures and files of every kind, of a made face."""

import dataclasses
import io
import math

import cv2
import msgspec
import numpy as np
import pytest
import trimesh

from made.lacking import models_without
from visaged.assembly import open_vision
from visaged.config import load
from visaged.errors import ModelError
from visaged.output.kinds import FILE_KINDS, PICTURE_KINDS
from visaged.output.pictures import Painter
from visaged.output.results import Results, file_name


def opened(models):
    return open_vision(load(None, [f'model.models_dir="{models}"', "model.pack=3ddfa_v2"]).config)


@pytest.fixture(scope="module")
def vision(made_pack_dir):
    return opened(made_pack_dir)


@pytest.fixture(scope="module")
def painter(vision):
    return Painter(vision.surface)


@pytest.fixture(scope="module")
def gradient():
    """A picture (240, 320, 3) in which every place has its own colour."""
    x, y = np.meshgrid(np.arange(320), np.arange(240))
    return np.dstack([255 - x // 2, y, x // 2 + y // 3]).astype(np.uint8)


@pytest.fixture(scope="module")
def face(vision, gradient):
    """A face that fills most of that picture, and is believed."""
    (found,) = vision.still().at_rois(gradient, [(60.0, 20.0, 260.0, 220.0)])
    return msgspec.structs.replace(found, valid=True, reason=None)


def doubted(face):
    return msgspec.structs.replace(face, valid=False, reason="low_confidence")


def nowhere(face):
    return msgspec.structs.replace(face, landmarks=face.landmarks * np.float32(math.nan))


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_a_picture_of_every_kind_shows_the_face_and_leaves_the_original_alone(painter, gradient, face, kind):
    before = gradient.copy()
    painted = painter.paint(kind, gradient, [face])
    assert (painted.shape, painted.dtype) == (gradient.shape, np.uint8)
    assert np.array_equal(gradient, before)
    empty = painter.paint(kind, gradient, [])
    assert (painted != empty).any(axis=2).mean() > 0.02
    assert np.array_equal(painted[:5, :40], empty[:5, :40])


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_a_face_that_is_not_believed_is_only_drawn_where_it_can_be_told(painter, gradient, face, kind):
    painted = painter.paint(kind, gradient, [doubted(face)])
    told = kind in ("2d_sparse", "2d_dense", "pose")
    assert np.array_equal(painted, painter.paint(kind, gradient, [])) == (not told)


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_a_face_that_is_nowhere_is_left_out(painter, gradient, face, kind):
    both = painter.paint(kind, gradient, [nowhere(face), face])
    assert np.array_equal(both, painter.paint(kind, gradient, [face]))


def test_a_mesh_that_is_nowhere_is_left_out(painter, gradient, face):
    lost = msgspec.structs.replace(face, params=face.params * np.float32(math.nan))
    scene = painter.scene(gradient, [lost, face])
    assert [scene.shown(kind) for kind in ("2d_sparse", "2d_dense", "3d", "ply")] == [[1, 2], [2], [2], [2]]


def test_lines_need_no_surface(vision, gradient, face):
    painter = Painter(vision.surface)
    for kind in ("2d_sparse", "pose"):
        painter.check(kind)
        painter.paint(kind, gradient, [face])
    assert "surface" not in vars(painter) and "renderer" not in vars(painter)


def test_all_kinds_of_a_scene_share_one_reconstruction(painter, gradient, face):
    scene = painter.scene(gradient, [face])
    scene.paint("3d")
    mesh = scene.meshes[1]
    scene.paint("2d_dense")
    assert scene.meshes[1] is mesh and scene.solids is scene.solids


@pytest.mark.parametrize(
    ("part", "words", "kinds"),
    [
        ("uv", "UVs", {"uv_tex"}),
        ("pncc", "PNCC codes", {"pncc"}),
        ("triangles", "triangles", {*PICTURE_KINDS, *FILE_KINDS} - {"2d_sparse", "pose"}),
    ],
)
def test_a_pack_that_lacks_what_a_kind_needs_says_so(made_pack_dir, tmp_path, part, words, kinds):
    painter = Painter(opened(models_without(part, made_pack_dir, tmp_path / "models")).surface)
    for kind in kinds:
        with pytest.raises(ModelError, match=f"pack '3ddfa_v2' has no {words}"):
            painter.check(kind)
    for kind in {*PICTURE_KINDS, *FILE_KINDS} - kinds:
        painter.check(kind)


def files_of(vision, scene, *kinds, **options):
    return dict(Results(vision.pack, **options).files(scene, "me", kinds))


def test_files_are_named_by_stem_kind_and_the_number_of_the_face(vision, painter, gradient, face):
    scene = painter.scene(gradient, [doubted(face), face, nowhere(face), face])
    assert list(files_of(vision, scene, "3d", "uv_tex", "ply", "obj")) == [
        "me_3d.png",
        "me_uv_tex2.png",
        "me_uv_tex4.png",
        "me.ply",
        "me_texture2.png",
        "me_texture4.png",
        "me.mtl",
        "me.obj",
    ]


def test_without_a_believed_face_there_are_drawings_only(vision, painter, gradient, face):
    scene = painter.scene(gradient, [doubted(face)])
    assert list(files_of(vision, scene, *PICTURE_KINDS, *FILE_KINDS)) == [
        "me_2d_sparse.png",
        "me_2d_dense.png",
        "me_pose.png",
    ]


def test_pictures_are_kept_exactly(vision, painter, gradient, face):
    scene = painter.scene(gradient, [face])
    content = files_of(vision, scene, "3d")["me_3d.png"]
    assert np.array_equal(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED), scene.paint("3d"))


def test_a_texture_is_opaque_where_the_face_was_seen(vision, painter, gradient, face):
    content = files_of(vision, painter.scene(gradient, [face]), "uv_tex")["me_uv_tex1.png"]
    texture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert (texture.shape, set(np.unique(texture[:, :, 3]))) == ((1024, 1024, 4), {0, 255})


@pytest.mark.parametrize("form", ["binary", "ascii"])
def test_a_ply_faces_outward_and_tells_its_licence(vision, painter, gradient, face, form):
    content = files_of(vision, painter.scene(gradient, [face, face]), "ply", ply=form)["me.ply"]
    assert f"comment pack 3ddfa_v2 {vision.pack.version}\ncomment licence: {vision.pack.licence}\n".encode() in content
    mesh = trimesh.load(io.BytesIO(content), file_type="ply", process=False)
    assert len(mesh.vertices) == 2 * painter.surface.mesh(face).vertices.shape[1]
    assert mesh.face_normals[:, 2].mean() > 0.3  # the face looks at the viewer
    assert mesh.is_winding_consistent


def test_the_texture_of_an_obj_lies_where_the_vertices_were_seen(vision, painter, gradient, face, tmp_path):
    for name, content in files_of(vision, painter.scene(gradient, [face]), "obj").items():
        (tmp_path / name).write_bytes(content)
    mesh = trimesh.load(tmp_path / "me.obj", process=False)
    of_vertices = mesh.vertex_attributes["color"][:, :3] * 255
    of_texture = mesh.visual.to_color().vertex_colors[:, :3]
    front = mesh.vertex_normals[:, 2] > 0.5
    assert front.sum() > 200
    assert np.abs(of_vertices - of_texture)[front].mean() < 6  # of 255; mirrored or turned it is many times that


def test_an_obj_without_uvs_has_colours_only(made_pack_dir, gradient, face, tmp_path):
    vision = opened(models_without("uv", made_pack_dir, tmp_path / "models"))
    files = files_of(vision, Painter(vision.surface).scene(gradient, [face]), "obj")
    assert list(files) == ["me.obj"]
    assert b"mtllib" not in files["me.obj"] and b"vt " not in files["me.obj"]


def test_what_a_pack_says_of_itself_stays_on_its_line(vision, painter, gradient, face):
    hostile = dataclasses.replace(vision.pack, licence="mine\nelement vertex 1\n\udcff")
    content = dict(Results(hostile).files(painter.scene(gradient, [face]), "me", ["ply"]))["me.ply"]
    assert b"comment licence: mine element vertex 1  \n" in content


@pytest.mark.parametrize(
    ("stem", "name"), [("a-b_1.2", "a-b_1.2"), ("my face", "my_face"), ("m\u00fc\udcff", "m\u00fc_")]
)
def test_files_beside_an_obj_have_names_that_it_can_hold(stem, name):
    assert file_name(stem) == name
