"""The kinds that -o names."""

import pytest

from visaged.cli.kinds import chosen_kinds
from visaged.errors import UsageError

KNOWN = ("2d_sparse", "2d_dense", "3d", "uv_tex", "obj")


@pytest.mark.parametrize(
    ("texts", "kinds"),
    [
        (["3d"], ("3d",)),
        (["3d,obj"], ("3d", "obj")),
        (["obj", "3d"], ("obj", "3d")),
        (["3d, obj", "3d"], ("3d", "obj")),
        ([], ()),
    ],
)
def test_kinds_come_between_commas_or_one_by_one_and_once_each(texts, kinds):
    assert chosen_kinds(texts, KNOWN) == kinds


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("3D", '-o: there is no kind "3D"; did you mean 3d?'),
        ("uvtex", '-o: there is no kind "uvtex"; did you mean uv_tex?'),
        ("2d-dense", '-o: there is no kind "2d-dense"; did you mean 2d_dense?'),
        ("obj,texture", '-o: there is no kind "texture"; the kinds are 2d_sparse, 2d_dense, 3d, uv_tex, obj'),
        ("obj,,3d", "-o: a kind is empty; the kinds are 2d_sparse, 2d_dense, 3d, uv_tex, obj"),
        ("\x1b\n", '-o: there is no kind "?"; the kinds are 2d_sparse, 2d_dense, 3d, uv_tex, obj'),
    ],
)
def test_a_kind_that_is_not_there_is_refused_with_the_nearest(text, sentence):
    with pytest.raises(UsageError) as refused:
        chosen_kinds([text], KNOWN)
    assert str(refused.value) == sentence


def test_a_kind_of_any_length_is_refused_in_one_sentence():
    with pytest.raises(UsageError) as refused:
        chosen_kinds(["x" * 100_000], KNOWN)
    assert len(str(refused.value)) < 200
