"""Which level the log has."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from visaged.running.verbosity import Verbosity


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    before = logging.getLogger().level
    yield
    logging.getLogger().setLevel(before)


def test_what_is_asked_for_outlasts_a_new_configuration() -> None:
    verbosity = Verbosity("info")
    verbosity.ask("debug")
    verbosity.configure("error")
    assert (verbosity.level, verbosity.is_asked_for, logging.getLogger().level) == ("debug", True, logging.DEBUG)


def test_the_configuration_counts_again_when_that_is_asked_for() -> None:
    verbosity = Verbosity("info")
    verbosity.ask("debug")
    verbosity.configure("error")
    verbosity.ask(None)
    assert (verbosity.level, verbosity.is_asked_for, logging.getLogger().level) == ("error", False, logging.ERROR)
