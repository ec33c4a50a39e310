"""People drawn from the made face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from visaged import models
from visaged.errors import ModelError
from visaged.mqtt import axes
from visaged.synthetic.light import Light
from visaged.synthetic.model import Model, open_model
from visaged.synthetic.person import BALD, LONG, SHORT, Person, random_person
from visaged.synthetic.placing import camera
from visaged.synthetic.studio import Studio

BEHIND = np.full((120, 120, 3), (200, 60, 20), np.uint8)
LIGHT = Light()


@pytest.fixture(scope="session")
def person(model: Model) -> Callable[[str], Person]:
    """Somebody with the mean face and hair of that cut, black."""
    shape, texture = np.zeros(40, np.float32), np.zeros(model.textures, np.float32)
    return lambda cut: Person(shape, texture, cut, (10.0, 10.0, 10.0), (90.0, 90.0, 90.0), (250.0, 250.0, 250.0))


def posed(model: Model, yaw: float = 0.0, jaw: float = 0.0, x: float = 60.0) -> NDArray[np.float32]:
    """Parameters of the mean face, 60 pixels high in the crop."""
    params = model.params(np.zeros(40, np.float32), {"lid_left": 0, "lid_right": 0, "jaw": jaw}, [])
    params[:12] = camera(np.array(axes.rotation(yaw, 0, 0)), 60 / 200e3, np.zeros(3), (x, 60.0), 120).ravel()
    return params


def test_the_face_is_where_the_parameters_say_and_has_the_colours_of_the_texture(
    studio: Studio, model: Model, person: Callable[[str], Person]
) -> None:
    picture = studio.crop(person(BALD), posed(model), Light(0, 0, ambient=1.0, lamp=0.0), BEHIND)
    assert_array_equal(picture[50, 60], [120, 150, 200])
    assert_array_equal(picture[5, 5], BEHIND[5, 5])


def test_a_person_has_a_neck_below_the_face_and_clothes_below_that(
    studio: Studio, model: Model, person: Callable[[str], Person]
) -> None:
    column = studio.crop(person(BALD), posed(model), Light(0, 0, ambient=1.0, lamp=0.0), BEHIND)[:, 60]
    kinds = [tuple(pixel) for pixel in column.tolist()]
    assert kinds[-1] == (90, 90, 90)
    assert kinds.index((98, 123, 164)) < kinds.index((250, 250, 250)) < kinds.index((90, 90, 90))


def test_hair_is_behind_the_outline_and_long_hair_beside_the_neck(
    studio: Studio, model: Model, person: Callable[[str], Person]
) -> None:
    counts = [
        (studio.crop(person(cut), posed(model), Light(0, 0, ambient=1.0, lamp=0.0), BEHIND).max(axis=2) < 25).sum()
        for cut in (BALD, SHORT, LONG)
    ]
    assert counts[0] == 0
    assert 100 < counts[1] < counts[2]


def test_the_back_of_the_head_is_closed(studio: Studio, model: Model, person: Callable[[str], Person]) -> None:
    front, back = (studio.crop(person(BALD), posed(model, yaw), LIGHT, BEHIND)[30:70, 50:70] for yaw in (0, 179))
    assert not (back == BEHIND[0, 0]).all(axis=2).any()
    assert np.abs(front.astype(int) - back).max() > 20


def test_a_head_outside_of_the_picture_leaves_it_as_it_was(
    studio: Studio, model: Model, person: Callable[[str], Person]
) -> None:
    assert_array_equal(studio.crop(person(LONG), posed(model, x=-300), LIGHT, BEHIND), BEHIND)


def test_the_same_person_is_drawn_the_same_whoever_was_drawn_before(
    studio: Studio, model: Model, person: Callable[[str], Person]
) -> None:
    first = studio.crop(person(SHORT), posed(model), LIGHT, BEHIND)
    studio.crop(person(LONG), posed(model, 40, jaw=1.0), Light(60, 0), np.zeros((120, 120, 3), np.uint8))
    assert_array_equal(studio.crop(person(SHORT), posed(model), LIGHT, BEHIND), first)


def test_people_of_different_seeds_differ(model: Model) -> None:
    people = [random_person(np.random.default_rng(seed), model.shape_std, model.textures) for seed in (1, 1, 2)]
    assert_array_equal(people[0].shape, people[1].shape)
    assert (people[0].hair, people[0].clothes) == (people[1].hair, people[1].clothes)
    assert not np.array_equal(people[0].shape, people[2].shape)


def test_a_pack_without_lids_or_colours_is_refused(made_open_dir: Path, made_pack_dir: Path) -> None:
    pack = models.load("open", made_open_dir)
    with pytest.raises(ModelError, match="cannot be drawn, for want of colours, lids or a jaw"):
        open_model(replace(pack, roles=("jaw",)))
    with pytest.raises(ModelError, match="no mean texture"):
        open_model(models.load("3ddfa_v2", made_pack_dir))
