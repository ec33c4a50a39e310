"""Topic names and what may not be in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.errors import ConfigError
from visaged.mqtt.topics import Topics


def test_topics_are_those_of_the_contract() -> None:
    topics = Topics("visaged", "kitchen")
    names = ("status", "info", "pose", "landmarks", "event", "health")
    assert [getattr(topics, name) for name in names] == [f"visaged/kitchen/{name}" for name in names]


def test_root_may_have_levels() -> None:
    assert Topics("home/ground floor/visaged", "a").pose == "home/ground floor/visaged/a/pose"


@pytest.mark.parametrize("device", ["", "a/b", "+", "a#", "a\0", "a\n", "$SYS", "x" * 65, "group"])
def test_device_that_cannot_be_one_level_is_refused(device: str) -> None:
    with pytest.raises(ConfigError):
        Topics("visaged", device)


@pytest.mark.parametrize("root", ["", "/", "a/", "/a", "a//b", "#", "a/+", "$SYS", "a\0", "x" * 257])
def test_root_that_cannot_start_a_topic_is_refused(root: str) -> None:
    with pytest.raises(ConfigError):
        Topics(root, "a")


def test_commands_come_to_the_device_and_to_its_groups() -> None:
    topics = Topics("visaged", "cam", ("front", "lorries"))
    fronts = ("visaged/cam", "visaged/group/front", "visaged/group/lorries")
    assert topics.commands == tuple(f"{front}/command/+" for front in fronts)
    assert [topics.command_of(f"{front}/command/ping") for front in fronts] == ["ping"] * 3
    assert topics.command_of("visaged/group/ships/command/ping") is None


def test_an_answer_is_never_a_command_to_a_group() -> None:
    assert not Topics("visaged", "cam").may_answer_on("visaged/group/response/command/restart")


@given(st.text(), st.text())
def test_whatever_is_accepted_makes_a_publishable_topic(root: str, device: str) -> None:
    try:
        topic = Topics(root, device).pose
    except ConfigError:
        return
    assert not set("+#\0") & set(topic)
    assert topic.count("/") == root.count("/") + 2
    assert len(topic.encode()) < 65536
