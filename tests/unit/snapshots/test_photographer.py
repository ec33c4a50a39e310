"""From a face to the contents of its snapshot, with the made models."""

from __future__ import annotations

import hashlib

import cv2
import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from made.pictures import picture
from made.snapshots import found_face, photographer, request
from visaged.assembly import Vision
from visaged.errors import SnapshotError
from visaged.render.renderer import Renderer
from visaged.snapshots import names
from visaged.snapshots.levels import to_depth
from visaged.snapshots.record import Record

NAME = "snapshot-00000001-20261122T184308.000Z-face3"


def test_the_picture_holds_the_depth_that_the_renderer_gives(made_vision: Vision) -> None:
    face = found_face(made_vision)
    taken = photographer(made_vision).take(request(face), face, "command")
    expected = Renderer(made_vision.surface()).depth(made_vision.surface().mesh(face), 320, 240)
    values = cv2.imdecode(np.frombuffer(taken.parts[names.DEPTH], np.uint8), cv2.IMREAD_UNCHANGED)
    assert values.dtype == np.uint16
    depth = taken.facts.depth
    back = to_depth(values, depth.scale, depth.offset)
    np.testing.assert_allclose(back, expected.relative_depth, atol=depth.scale / 2 + 1e-4)
    assert (depth.left, depth.top, depth.width, depth.height) == (expected.left, expected.top, *back.shape[::-1])
    assert list(taken.parts) == [names.DEPTH]


def test_the_sidecar_says_everything(made_vision: Vision) -> None:
    face = found_face(made_vision)
    taken = photographer(made_vision, focal_length_px=400.0).take(request(face, utc=1795372988.5), face, "interval")
    told = msgspec.json.decode(taken.sidecar(NAME), type=Record)
    assert (told.name, told.device, told.trigger) == (NAME, "cam", "interval")
    assert (told.captured.iso, told.captured.seq, told.captured.boot_id) == ("2026-11-22T18:43:08.500Z", 7, "5f0c2a")
    assert (told.face.id, told.face.valid, told.face.confidence) == (face.id, face.valid, face.confidence)
    assert told.face.params == face.params.tolist() and told.face.roi == face.roi
    assert told.face.pose.quaternion == face.pose.quaternion
    assert told.pack.permitted_use == "tests" and told.pack.sha256
    (file,) = told.files
    content = taken.parts[names.DEPTH]
    assert (file.name, file.kind, file.size) == (f"{NAME}.png", "depth", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()


def test_millimetres_are_estimated_with_a_focal_length_and_absent_without(made_vision: Vision) -> None:
    face = found_face(made_vision)
    assert photographer(made_vision).take(request(face), face, "command").facts.millimetres is None
    facts = photographer(made_vision, focal_length_px=400.0).take(request(face), face, "command").facts
    known = facts.millimetres
    assert known is not None and known.estimate
    # The made face is 200 mm high, so it appears as high as 400 px x 200 mm / distance.
    height = facts.depth.height
    assert known.reference_distance_mm == pytest.approx(400 * 200 / height, rel=0.05)
    assert known.mm_per_px == pytest.approx(200 / height, rel=0.05)


def test_colour_and_mesh_are_kept_only_where_asked(made_vision: Vision) -> None:
    face = found_face(made_vision)
    taken = photographer(made_vision, ply=True, rgb=True).take(request(face, colour=True), face, "command")
    depth = taken.facts.depth
    colour = cv2.imdecode(np.frombuffer(taken.parts[names.COLOUR], np.uint8), cv2.IMREAD_COLOR)
    cut = picture()[depth.top : depth.top + depth.height, depth.left : depth.left + depth.width]
    np.testing.assert_array_equal(colour, cut)
    assert taken.parts[names.MESH].startswith(b"ply\n") and b"element vertex 600\n" in taken.parts[names.MESH][:800]


def test_a_mesh_without_colours_shows_nobody_s_skin(made_vision: Vision) -> None:
    face = found_face(made_vision)
    grey = photographer(made_vision, ply=True).take(request(face), face, "command").parts[names.MESH]
    body = grey[grey.index(b"end_header\n") + 11 :][: 600 * 15]
    colours = np.frombuffer(body, np.dtype([("place", "<f4", 3), ("colour", "u1", 3)]))["colour"]
    assert len(np.unique(colours)) == 1


def test_a_face_that_is_nowhere_is_one_sentence(made_vision: Vision) -> None:
    face = found_face(made_vision)
    away = replace(face, roi=(9000.0, 9000.0, 9100.0, 9100.0))
    broken = replace(face, params=np.full(62, np.nan, np.float32))
    for one, sentence in ((away, "is inside the picture"), (broken, "are no numbers")):
        with pytest.raises(SnapshotError, match=sentence) as caught:
            photographer(made_vision).take(request(one), one, "command")
        assert caught.value.code == "no_surface"
