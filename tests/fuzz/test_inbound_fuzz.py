"""Whatever comes on an inbound topic is obeyed, or answered with an error, or dropped."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from made.hostile import payloads
from visaged.config import read_patch
from visaged.errors import ConfigError
from visaged.mqtt.codec import PayloadError, decode
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.topics import Topics
from visaged.running.commands import Answer, Command, Commands
from visaged.running.kept import Kept

pytestmark = pytest.mark.faults


@pytest.fixture
def count(thorough: bool) -> int:
    return 100_000 if thorough else 3_000


def growth_mb(act: Callable[[bytes], object], count: int) -> float:
    """What is held after ``count`` payloads that was not held after the first of them, in megabytes."""
    for payload in payloads(500, seed=1):
        act(payload)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for payload in payloads(count):
            act(payload)
        return (tracemalloc.get_traced_memory()[0] - before) / 1e6
    finally:
        tracemalloc.stop()


def test_a_message_is_decoded_or_a_payload_error(count: int) -> None:
    def receive(payload: bytes) -> None:
        with suppress(PayloadError):
            decode(payload)

    assert growth_mb(receive, count) < 1


def test_a_patch_is_read_or_a_config_error(count: int, tmp_path: Path) -> None:
    def receive(payload: bytes) -> None:
        with suppress(ConfigError):
            read_patch(payload, "config/desired", tmp_path)

    assert growth_mb(receive, count) < 1


@pytest.mark.parametrize("name", ["ping", "log-level", "nothing-of-ours"])
def test_a_request_is_obeyed_or_answered_with_an_error(count: int, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visaged.running.commands.BURST", 10**9)  # each is looked at, however fast they come
    answers = Counter[bool]()
    obedient = {
        "ping": Command(lambda _, respond: respond(Answer())),
        "log-level": Command(
            lambda asked, respond: respond(Answer({"level": asked.get("level")})), frozenset({"level"})
        ),
    }
    commands = Commands(
        Topics("visaged", "cam"),
        "json",
        obedient,
        permitted=obedient,
        kept=Kept(),
        publish=lambda topic, *_: answers.update([topic.startswith("visaged/cam/response/")]),
    )
    asked = 0

    def receive(payload: bytes) -> None:
        nonlocal asked
        asked += 1
        commands.receive(Incoming(f"visaged/cam/command/{name}", payload, retained=False, correlation=payload[:300]))

    assert growth_mb(receive, count) < 1
    assert answers == {True: asked}
