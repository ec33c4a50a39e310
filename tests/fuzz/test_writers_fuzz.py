"""Hostile surfaces, names and comments: a writer refuses in one sentence, or what it writes says what it was given.

``python tests/fuzz/test_writers_fuzz.py SECONDS`` goes on for so long, from other seeds every time.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from visaged.draw import draw_faces, draw_landmarks, draw_points, draw_poses
from visaged.formats.obj import encode_mtl, encode_obj
from visaged.formats.ply import encode_ply
from visaged.formats.solid import Solid, solid_of
from visaged.values import Face, Mesh, Pose

DEADLINE_MS = 2000
"""Far more than any example takes, unless work grows with the numbers."""

EXAMPLES = 1000 if __name__ == "__main__" else 100

quick = settings(max_examples=EXAMPLES, deadline=DEADLINE_MS, derandomize=False)

FLOATS = st.floats(width=32) | st.sampled_from([0.0, -0.0, 1e-45, 3.4e38, -3.4e38, 1e5, 32767.5])
TEXTS = st.text(max_size=12) | st.sampled_from(
    ["end_header", "element vertex 9", "a\nb", "a\rb", "a\u2028b", "a\x85b", "\ud800", "mtllib x", "%s %d", "\x00", "#"]
)
NAMES = st.from_regex(r"[\w.-]{1,6}", fullmatch=True) | TEXTS
KINDS = st.sampled_from(["f4", ">f4", "f8", "f2", "i4", "u1", "i8", "u8", "?"])


@st.composite
def hostile_arrays(draw: Any) -> tuple[Any, Any, Any, Any]:
    """Four arrays that are often no surface."""
    rows = st.integers(0, 5)
    shapes = st.tuples(rows, st.integers(0, 4)) | arrays.array_shapes(min_dims=0, max_dims=3, max_side=4)
    some = [draw(KINDS.flatmap(lambda kind: arrays.arrays(kind, shapes))) for _ in range(3)]
    return some[0], some[1], some[2], draw(st.none() | arrays.arrays("f4", shapes, elements=FLOATS))


@st.composite
def surfaces(draw: Any) -> tuple[Any, Any, Any, Any]:
    """Four arrays of the right shapes, with any numbers."""
    count = draw(st.integers(1, 6))
    indices = st.integers(-1, count) if draw(st.booleans()) else st.integers(0, count - 1)
    return (
        draw(arrays.arrays("f4", (count, 3), elements=FLOATS)),
        draw(arrays.arrays("i4", st.tuples(st.integers(0, 6), st.just(3)), elements=indices)),
        draw(arrays.arrays("u1", (count, 3))),
        draw(st.none() | arrays.arrays("f4", (count, 2), elements=FLOATS)),
    )


def refused(make: Callable[[], Any]) -> Any:
    """What ``make`` gives; None where it refuses in one sentence."""
    try:
        return make()
    except ValueError as refusal:
        sentence = str(refusal)
        assert sentence and len(sentence.splitlines()) == 1, sentence
        assert sentence.isprintable(), sentence
        return None


def solid_from(given_arrays: tuple[Any, Any, Any, Any]) -> Solid | None:
    made = refused(lambda: Solid(*given_arrays))
    assert made is None or isinstance(made, Solid)
    return made


@quick
@given(st.lists(hostile_arrays() | surfaces(), max_size=3), st.lists(TEXTS, max_size=2))
def test_a_binary_ply_says_what_it_was_given(some: Any, comments: list[str]) -> None:
    solids = [solid for solid in map(solid_from, some) if solid is not None]
    content = refused(lambda: encode_ply(solids, comments))
    if content is None:
        return
    header, end, body = content.partition(b"end_header\n")
    vertices = sum(len(solid.vertices) for solid in solids)
    faces = sum(len(solid.triangles) for solid in solids)
    assert end and header.count(b"\n") == 12 + len(comments)
    assert b"\nelement vertex %d\n" % vertices in header and b"\nelement face %d\n" % faces in header
    assert len(body) == 15 * vertices + 13 * faces
    read = np.frombuffer(body, [("p", "<f4", 3), ("c", "u1", 3)], vertices)
    assert np.array_equal(read["p"], np.concatenate([solid.vertices.astype("f4") for solid in solids]))
    assert np.array_equal(read["c"], np.concatenate([solid.colours for solid in solids]))
    read = np.frombuffer(body, [("n", "u1"), ("i", "<i4", 3)], faces, 15 * vertices)
    assert np.all(read["n"] == 3) and np.all((read["i"] >= 0) & (read["i"] < vertices))


@quick
@given(st.lists(surfaces(), max_size=3), st.lists(TEXTS, max_size=2))
def test_an_ascii_ply_says_what_it_was_given(some: Any, comments: list[str]) -> None:
    solids = [solid for solid in map(solid_from, some) if solid is not None]
    content = refused(lambda: encode_ply(solids, comments, "ascii"))
    if content is None:
        return
    lines = content.decode().split("\n")
    body = lines[lines.index("end_header") + 1 : -1]
    places = np.concatenate([solid.vertices for solid in solids]).astype("f8")
    assert len(body) == len(places) + sum(len(solid.triangles) for solid in solids)
    for line, place in zip(body, places, strict=False):
        assert np.allclose([float(word) for word in line.split()[:3]], place, rtol=0, atol=5.1e-5)
    assert all(0 <= int(i) < len(places) for line in body[len(places) :] for i in line.split()[1:])


@quick
@given(st.lists(st.tuples(NAMES, surfaces()), max_size=3), st.lists(TEXTS, max_size=2), st.none() | NAMES)
def test_an_obj_says_what_it_was_given(some: Any, comments: list[str], materials: str | None) -> None:
    solids = [(name, solid) for name, solid in ((name, solid_from(made)) for name, made in some) if solid is not None]
    content = refused(lambda: encode_obj(solids, comments, materials))
    if content is None:
        return
    lines = [line.split(" ") for line in content.decode().split("\n")]
    count = sum(len(solid.vertices) for _, solid in solids)
    assert sum(line[0] == "v" for line in lines) == count
    assert [line[1:] for line in lines if line[0] == "o"] == [[name] for name, _ in solids]
    assert [line[1:] for line in lines if line[0] == "mtllib"] == ([] if materials is None else [[materials]])
    assert {line[0] for line in lines} <= {"#", "mtllib", "o", "v", "vt", "usemtl", "f", ""}
    corners = [corner.split("/") for line in lines if line[0] == "f" for corner in line[1:]]
    assert all(1 <= int(number) <= count for corner in corners for number in corner)


@quick
@given(st.lists(st.tuples(NAMES, NAMES), max_size=3))
def test_an_mtl_names_what_it_was_given(textures: list[tuple[str, str]]) -> None:
    content = refused(lambda: encode_mtl(textures))
    if content is not None:
        words = [line.split(" ") for line in content.decode().split("\n")]
        assert [line[1] for line in words if line[0] == "newmtl"] == [name for name, _ in textures]
        assert [line[1] for line in words if line[0] == "map_Kd"] == [file for _, file in textures]


@quick
@given(
    arrays.arrays("f4", st.tuples(st.just(3), st.integers(0, 6)), elements=FLOATS),
    arrays.arrays("i4", st.tuples(st.integers(0, 4), st.just(3)), elements=st.integers(-1, 6)),
    arrays.arrays("u1", st.tuples(st.integers(1, 5), st.integers(1, 5), st.just(3))),
)
def test_a_mesh_in_a_picture_becomes_a_surface_or_is_refused(vertices: Any, triangles: Any, image: Any) -> None:
    solid = refused(lambda: solid_of(Mesh(vertices, 1.0), triangles, image))
    if solid is not None:
        assert encode_ply([solid], form="ascii")


@st.composite
def faces(draw: Any) -> Face:
    """A face whose numbers are anything."""
    row = st.tuples(FLOATS, FLOATS, FLOATS, FLOATS)
    cosines = st.floats(-1, 1, width=32) | st.just(math.nan)
    pose = Pose(draw(arrays.arrays("f4", (3, 3), elements=cosines)), draw(row), *draw(row))
    landmarks = draw(arrays.arrays("f4", (68, 3), elements=FLOATS, fill=FLOATS))
    valid = draw(st.booleans())
    reason = None if valid else "low_confidence"
    return Face(0, 0.5, draw(row), draw(row), draw(FLOATS), valid, reason, pose, landmarks, np.zeros(62, np.float32))


@quick
@given(st.lists(faces(), max_size=2), st.integers(1, 300), st.integers(1, 300))
def test_any_numbers_can_be_drawn(some: list[Face], height: int, width: int) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    for draw in (draw_faces, draw_landmarks, draw_poses):
        assert draw(image, some).shape == image.shape
    meshes = [(face, Mesh(face.landmarks.T, 1.0)) for face in some if np.isfinite(face.landmarks).all()]
    assert draw_points(image, meshes).shape == image.shape


def main(seconds: float) -> None:
    tests = [test for name, test in globals().items() if name.startswith("test_")]
    rounds, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        for test in tests:
            seed(time.time_ns())(test)()
        rounds += 1
    print(f"{rounds} rounds of {len(tests)} tests with {EXAMPLES} examples each: nothing found")


if __name__ == "__main__":
    main(float(sys.argv[1]))
