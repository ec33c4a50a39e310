"""Outlines, tubes and rings."""

from __future__ import annotations

import numpy as np

from visaged.synthetic.grids import outline, rings, tube

SQUARE = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def directed(triangles: np.ndarray) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for t in triangles for a, b in zip(t, np.roll(t, -1), strict=True)]


def test_the_outline_goes_round_once_in_the_direction_of_the_triangles() -> None:
    loop = outline(SQUARE).tolist()
    assert sorted(loop) == [0, 1, 2, 3]
    assert set(zip(loop, loop[1:] + loop[:1], strict=True)) <= set(directed(SQUARE))


def test_the_longest_loop_is_the_outline() -> None:
    triangle = np.array([[4, 5, 6]], np.int32)
    assert sorted(outline(np.concatenate([triangle, SQUARE])).tolist()) == [0, 1, 2, 3]


def test_a_tube_on_an_outline_continues_the_surface_with_the_same_side_out() -> None:
    rows = np.stack([outline(SQUARE), [10, 11, 12, 13]])
    edges = directed(np.concatenate([SQUARE, tube(rows)]))
    assert len(edges) == len(set(edges))  # where neighbours agree on what is out, each edge is used once each way
    assert {(b, a) for a, b in edges} - set(edges) == {(b, a) for a, b in edges if a >= 10 and b >= 10} - set(edges)


def test_rings_are_ellipses_around_their_centres() -> None:
    (ring,) = rings(np.array([[1, 2, 3]], np.float32), np.array([[4, 5]], np.float32), 4)
    np.testing.assert_allclose(ring, [[5, 2, 3], [1, 2, 8], [-3, 2, 3], [1, 2, -2]], atol=1e-6)
