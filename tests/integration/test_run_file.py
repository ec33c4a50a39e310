"""``visaged run`` on videos: what a subscriber sees of every frame, and how the run ends."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from made.daemon import Daemon
from made.pictures import write_picture, write_video
from made.waiting import eventually
from visaged.mqtt.codec import decode

WITH_FACE, WITHOUT = 45, 15
FRAMES = WITH_FACE + WITHOUT
ROOT = "visaged/cam"
KINDS = ("status", "info", "pose", "landmarks", "event")


@dataclass
class Run:
    """One daemon that has ended, and the messages by topic."""

    daemon: Daemon
    status: int
    listener: Any

    def payloads(self, kind: str) -> list[bytes]:
        """The messages on one topic, oldest first; without what the run before has left retained."""
        topic = f"{ROOT}/{kind}"
        return [bytes(m.payload) for m in list(self.listener.messages) if m.topic == topic and not m.retain]

    def messages(self, kind: str) -> list[dict[str, Any]]:
        """The same, decoded."""
        return [decode(payload) for payload in self.payloads(kind)]

    def has_stopped(self) -> bool:
        """Whether its last word has arrived."""
        return any(state["state"] == "stopped" for state in self.messages("status"))


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face for 45 frames, then nobody for 15, at 25 frames a second."""
    return write_video(tmp_path_factory.mktemp("v") / "face.avi", 25, [True] * WITH_FACE + [False] * WITHOUT)


@pytest.fixture(scope="module")
def play(recorded: Any, lasting_daemon: Callable[..., Daemon]) -> Callable[..., Run]:
    """``play(*arguments, **settings)``: a whole run, and everything that was published until "stopped"."""
    broker, listen_to_all = recorded

    def run(*arguments: object, **settings: object) -> Run:
        listener = listen_to_all()
        one = lasting_daemon(broker.port, *map(str, arguments), **settings)
        ended = Run(one, one.wait(), listener)
        assert eventually(ended.has_stopped), one.err
        return ended

    return run


@pytest.fixture(scope="module")
def played(play: Callable[..., Run], video: Path) -> Run:
    """The whole video, every frame, with landmarks."""
    return play("--source", video, "--pace", "fast", mqtt__landmarks="true")


def test_a_file_ends_the_run_with_0_and_says_what_it_came_to(played: Run) -> None:
    assert (played.status, played.daemon.out) == (0, "")
    (sentence,) = played.daemon.sentences
    valid = sum(face["valid"] for pose in played.messages("pose") for face in pose["faces"])
    assert re.fullmatch(
        rf"visaged: {FRAMES} frames in [0-9.]+ s, 0 skipped, {valid} with a valid face, 0 messages dropped", sentence
    )
    assert played.daemon.warnings == []


def test_every_frame_is_published_once_and_in_order(played: Run) -> None:
    poses = played.messages("pose")
    assert [pose["seq"] for pose in poses] == list(range(FRAMES))
    assert {pose["skipped"] for pose in poses} == {0}
    assert len({pose["boot_id"] for pose in poses}) == 1
    assert all(early["mono"] <= late["mono"] for early, late in pairwise(poses))


def test_a_pose_message_is_as_the_contract_says(played: Run) -> None:
    pose = played.messages("pose")[10]
    assert list(pose) == ["v", "seq", "boot_id", "utc", "mono", "latency_ms", "skipped", "faces"]
    (face,) = pose["faces"]
    assert list(face) == ["id", "confidence", "valid", "box", "yaw", "pitch", "roll", "q", "eye_open", "mouth_open"]
    assert face["valid"] is True and 0.5 <= face["confidence"] <= 1
    x1, y1, x2, y2 = face["box"]
    assert 0 <= x1 < 144 < x2 <= 320 and 0 <= y1 < 128 < y2 <= 240
    assert math.hypot(*face["q"]) == pytest.approx(1, abs=1e-3) and face["q"][0] >= 0
    assert len(face["eye_open"]) == 2 and all(0 <= value <= 1 for value in (*face["eye_open"], face["mouth_open"]))


def test_a_face_that_is_not_valid_has_no_openings(played: Run) -> None:
    faces = [face for pose in played.messages("pose") for face in pose["faces"] if not face["valid"]]
    assert faces and all((face["eye_open"], face["mouth_open"]) == ([None, None], None) for face in faces)


def test_a_face_that_leaves_is_lost_within_five_frames_and_nobody_is_an_empty_list(played: Run) -> None:
    faces = [pose["faces"] for pose in played.messages("pose")]
    assert all(len(found) == 1 and found[0]["valid"] for found in faces[:WITH_FACE])
    last = [found[0] for found in faces[WITH_FACE:] if found][-1]
    assert (last["valid"], last["reason"]) == (False, "tracking_lost")
    assert faces[WITH_FACE + 5 :] == [[]] * (WITHOUT - 5)


def test_events_tell_when_a_face_appears_and_is_lost(played: Run) -> None:
    events = played.messages("event")
    assert [(event["event"], event["id"]) for event in events] == [("face_appeared", 1), ("face_lost", 1)]
    assert events[0]["seq"] == 0 and WITH_FACE <= events[1]["seq"] <= WITH_FACE + 5


def test_landmarks_go_with_every_pose(played: Run) -> None:
    landmarks = played.messages("landmarks")
    assert [message["seq"] for message in landmarks] == list(range(FRAMES))
    assert landmarks[0]["format"] == "float"
    points = landmarks[0]["faces"][0]["points"]
    assert len(points) == 68 and all(len(point) == 3 for point in points)
    assert 0 <= int(landmarks[0]["faces"][0]["hidden"], 16) < 1 << 68


def test_status_goes_from_starting_over_online_to_stopped(played: Run) -> None:
    states = played.messages("status")
    assert [(state["state"], state["reason"]) for state in states] == [
        ("degraded", "starting"),
        ("online", None),
        ("stopped", "the source has ended"),
    ]
    assert all(isinstance(state["since"], float) for state in states)


def test_only_states_are_retained(played: Run, recorded: Any) -> None:
    _, listen_to_all = recorded
    late = listen_to_all()
    assert late.wait_for(f"{ROOT}/status", played.payloads("status")[-1])
    assert late.wait_for(f"{ROOT}/config/reported", played.payloads("config/reported")[-1])
    retained = {message.topic for message in late.messages if message.retain}
    assert retained == {f"{ROOT}/status", f"{ROOT}/info", f"{ROOT}/config/reported"}


def test_info_tells_versions_pack_licence_and_axes(played: Run) -> None:
    info = played.messages("info")[-1]
    assert set(info) == {
        "schema", "versions", "board", "pack", "detector", "detector_pack", "openings_from", "camera", "tuning", "axes",
        "log_level", "commands", "groups",
    }  # fmt: skip
    assert info["schema"] == 1
    assert info["pack"]["name"] == "3ddfa_v2" and info["pack"]["verified"] is False
    assert "academic" in info["pack"]["licence"].lower()
    assert info["openings_from"] == "landmarks"
    assert set(info["axes"]["golden"]) == {"yaw", "pitch", "roll", "rotation", "q", "nose"}


def test_info_tells_what_the_camera_delivers_as_soon_as_that_is_known(played: Run, video: Path) -> None:
    cameras = [info["camera"] for info in played.messages("info")]
    assert cameras[-1] == {"source": str(video), "width": 320, "height": 240, "fps": 25.0}
    unknown = {"source": str(video), "width": None, "height": None, "fps": None}
    assert cameras[:-1] in ([unknown], [])  # the first info may be overtaken before the broker is there


def test_cbor_says_the_same_in_every_message(play: Callable[..., Run], video: Path) -> None:
    run = play("--source", video, "--pace", "fast", "--max-frames", 5, mqtt__format="cbor", mqtt__landmarks="true")
    assert not any(payload.startswith(b"{") for kind in KINDS for payload in run.payloads(kind))
    poses, landmarks = run.messages("pose"), run.messages("landmarks")
    assert (run.status, [pose["seq"] for pose in poses]) == (0, [0, 1, 2, 3, 4])
    assert poses[0]["faces"][0]["valid"] is True
    assert landmarks[0]["format"] == "int16le/4" and len(landmarks[0]["faces"][0]["points"]) == 68 * 3 * 2
    assert len(landmarks[0]["faces"][0]["hidden"]) == 9
    assert run.messages("status")[-1]["reason"] == "all 5 frames are processed"


def test_a_loop_goes_on_beyond_the_end_until_max_frames(play: Callable[..., Run], video: Path) -> None:
    count = 2 * FRAMES + 7
    run = play("--source", video, "--pace", "fast", "--loop", "--max-frames", count)
    assert (run.status, [pose["seq"] for pose in run.messages("pose")]) == (0, list(range(count)))
    appeared = [event["id"] for event in run.messages("event") if event["event"] == "face_appeared"]
    assert appeared == [1, 2, 3]


def test_realtime_takes_as_long_as_the_film(play: Callable[..., Run], tmp_path: Path) -> None:
    film = write_video(tmp_path / "film.avi", 20, [True] * 20)
    run = play("--source", film)
    poses = run.messages("pose")
    assert sum(1 + pose["skipped"] for pose in poses) == 20
    assert poses[-1]["mono"] - poses[0]["mono"] == pytest.approx(0.95, abs=0.3)


def test_a_pipeline_that_is_too_slow_skips_and_counts(play: Callable[..., Run], tmp_path: Path) -> None:
    film = write_video(tmp_path / "fast.avi", 500, [False] * 200)
    run = play("--source", film, detect__size=1920, mqtt__health_interval_s=0.1)
    poses = run.messages("pose")
    skipped = sum(pose["skipped"] for pose in poses)
    assert skipped > 50 and skipped + len(poses) == 200
    assert [pose["seq"] for pose in poses] == list(range(len(poses)))
    assert f" {skipped} skipped," in run.daemon.sentences[-1]


def test_a_folder_of_pictures_is_played_like_a_video(play: Callable[..., Run], tmp_path: Path) -> None:
    for number in range(3):
        write_picture(tmp_path / f"pictures/{number}.png", face=number < 2)
    run = play("--source", tmp_path / "pictures", "--pace", "fast")
    assert (run.status, [len(pose["faces"]) for pose in run.messages("pose")]) == (0, [1, 1, 1])


def test_a_machine_with_no_pack_but_open_publishes_what_its_network_says(
    play: Callable[..., Run], video: Path, made_open_dir: Path
) -> None:
    run = play("--source", video, "--pace", "fast", models=made_open_dir, model__pack="open")
    info, poses = run.messages("info")[-1], run.messages("pose")
    assert (info["pack"]["name"], info["detector"], info["detector_pack"]["name"]) == ("open", "yunet", "open")
    assert info["openings_from"] == "network"
    for pose in poses[:WITH_FACE]:
        (face,) = pose["faces"]
        assert (face["valid"], face["eye_open"], face["mouth_open"]) == (True, [0.9, 0.8], 0.05)
    assert [pose["faces"] for pose in poses[WITH_FACE + 2 :]] == [[]] * (WITHOUT - 2)
