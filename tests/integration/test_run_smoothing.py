"""``visaged run``: what a subscriber sees of the smoothing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from made.daemon import Daemon
from made.waiting import eventually
from visaged.assembly import open_vision
from visaged.config import load
from visaged.mqtt.codec import decode
from visaged.sources.opener import open_source

pytestmark = pytest.mark.needs_shared

FRAMES = 55


@pytest.fixture(scope="module")
def play(
    recorded: Any, lasting_daemon: Callable[..., Daemon], shared: Path, shared_packs: Path
) -> Callable[..., dict[str, list[Any]]]:
    """``play(**settings)``: the messages of a run on the sample video, every frame, by topic."""
    broker, listen_to_all = recorded

    def run(**settings: object) -> dict[str, list[Any]]:
        listener = listen_to_all()
        source = str(shared / "samples/video/obama.mp4")
        one = lasting_daemon(broker.port, "--source", source, "--pace", "fast", models=shared_packs, **settings)
        assert one.wait() == 0, one.err

        def new(topic: str) -> list[Any]:
            found = [message for message in list(listener.messages) if not message.retain]
            return [decode(bytes(m.payload)) for m in found if m.topic == f"visaged/cam/{topic}"]

        assert eventually(lambda: any(status["state"] == "stopped" for status in new("status")))
        return {topic: new(topic) for topic in ("pose", "landmarks", "info")}

    return run


@pytest.fixture(scope="module")
def with_raw(play: Callable[..., dict[str, list[Any]]]) -> dict[str, list[Any]]:
    """With the default filter, and the values before it beside."""
    return play(smooth__raw="true", mqtt__landmarks="true")


def angles(messages: list[Any]) -> Any:
    return np.array([[face[angle] for angle in ("yaw", "pitch", "roll")] for face in messages])


def faces(messages: dict[str, list[Any]]) -> list[Any]:
    """The one face of each frame."""
    assert len(messages["pose"]) == FRAMES
    return [pose["faces"][0] for pose in messages["pose"]]


def jitter(values: Any) -> float:
    return float(np.sqrt(np.square(np.diff(values, 2, axis=0)).mean()))


def test_the_published_pose_is_smoother_than_the_raw_one_beside_it(with_raw: dict[str, list[Any]]) -> None:
    told = faces(with_raw)
    raw = angles([face["raw"] for face in told])
    assert all(set(face["raw"]) == {"yaw", "pitch", "roll", "q"} for face in told)
    assert jitter(angles(told)) < 0.65 * jitter(raw)
    assert np.abs(angles(told) - raw).max() < 12  # the head turns by 11 degrees from one frame to the next


def test_time_is_that_of_the_video_however_fast_it_is_played(
    with_raw: dict[str, list[Any]], shared: Path, shared_packs: Path
) -> None:
    vision = open_vision(
        load(None, [f'model.models_dir="{shared_packs}"', "model.pack=3ddfa_v2", "inference.threads=1"]).config
    )
    tracker, smoother = vision.tracker(), vision.live_smoother()
    assert smoother is not None
    with open_source(str(shared / "samples/video/obama.mp4")) as source:
        frames = list(islice(iter(source.read, None), FRAMES))
    expected = [smoother.update(tracker.update(frame.picture), frame.t)[0].pose for frame in frames]
    found = faces(with_raw)
    np.testing.assert_allclose([face["yaw"] for face in found], [pose.yaw for pose in expected], atol=0.011)
    np.testing.assert_allclose([face["q"] for face in found], [pose.quaternion for pose in expected], atol=2e-4)


def test_info_tells_which_smoothing_is_in_force(with_raw: dict[str, list[Any]]) -> None:
    tuning = with_raw["info"][-1]["tuning"]
    assert (tuning["smooth_mode"], tuning["smooth_pose_beta"]) == ("pose", 0.035)


def test_without_smoothing_the_raw_pose_is_published(
    play: Callable[..., dict[str, list[Any]]], with_raw: dict[str, list[Any]]
) -> None:
    off = play(smooth__mode="off")
    np.testing.assert_array_equal(angles(faces(off)), angles([face["raw"] for face in faces(with_raw)]))
    assert "raw" not in faces(off)[0]
    assert off["info"][-1]["tuning"]["smooth_mode"] == "off"


def test_landmarks_are_smoothed_where_asked_and_not_otherwise(
    play: Callable[..., dict[str, list[Any]]], with_raw: dict[str, list[Any]]
) -> None:
    everything = play(smooth__mode="all", mqtt__landmarks="true")
    raw, smooth = (
        np.array([message["faces"][0]["points"] for message in messages["landmarks"]])[..., :2]
        for messages in (with_raw, everything)
    )
    assert jitter(smooth) < 0.65 * jitter(raw)
    np.testing.assert_allclose(angles(faces(everything)), angles(faces(with_raw)), atol=0.011)
