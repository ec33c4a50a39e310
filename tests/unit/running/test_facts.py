"""Configuration and packs, as the MQTT side is told of them."""

from dataclasses import replace

import msgspec
import pytest

from visaged.assembly import open_vision
from visaged.board.board import Board
from visaged.board.identity import Identity
from visaged.board.profiles import Profile
from visaged.config import load
from visaged.config.schema import SmoothSection
from visaged.running.facts import facts as all_facts
from visaged.sources.base import Format
from visaged.tuning.choice import Choice
from visaged.vision.session import Execution

PROFILE = Profile(name="made", threads=1, arena=True, big_cores=False, step_down_c=(70, 75, 80))
BOARD = Board(Identity("Raspberry Pi 4", ()), (), PROFILE)
CHOICE = Choice(Execution(2, True, False), "tuning", "measured")


def facts(config, vision, frames):
    return all_facts(config, BOARD, CHOICE, vision, frames)


@pytest.fixture(scope="module")
def config(made_pack_dir):
    sets = [f'model.models_dir="{made_pack_dir}"', "model.pack=3ddfa_v2"]
    sets += ['source.uri="rtsp://me:secret@cam/1"', "detect.interval=12"]
    return load(None, sets).config


@pytest.fixture(scope="module")
def vision(config):
    return open_vision(config)


def test_info_names_the_packs_and_the_detector(config, vision):
    info = facts(config, vision, None)
    assert (info.pack.name, info.pack.licence) == ("3ddfa_v2", vision.pack.licence)
    assert (info.detector, info.detector_pack.name) == ("yunet", "yunet")
    assert (info.detector_pack.version, info.detector_pack.licence) == (
        vision.detector_pack.version,
        vision.detector_pack.licence,
    )
    assert info.board == "Raspberry Pi 4"
    assert info.tuning["detect_interval"] == 12
    assert {"visaged", "python", "onnxruntime", "opencv", "numpy"} <= set(info.versions)


def test_info_tells_how_the_networks_run_and_why(config, vision):
    tuning = facts(config, vision, None).tuning
    assert [tuning[name] for name in ("threads", "spinning", "arena")] == [2, True, False]
    assert [tuning[name] for name in ("chosen_by", "why", "profile")] == ["tuning", "measured", "made"]
    assert "cores" not in tuning


def test_info_tells_which_cores_are_used_where_not_all(config, vision):
    board = replace(BOARD, profile=msgspec.structs.replace(PROFILE, big_cores=True))
    assert all_facts(config, board, CHOICE, vision, None).tuning["cores"]


def test_a_password_in_the_sources_address_is_not_told(config, vision):
    source = facts(config, vision, None).camera.source
    assert "secret" not in source and "cam/1" in source


def test_info_tells_where_openings_come_from(config, vision, made_open_dir):
    assert facts(config, vision, None).openings_from == "landmarks"
    model = msgspec.structs.replace(config.model, pack="open", models_dir=str(made_open_dir))
    changed = msgspec.structs.replace(config, model=model)
    info = facts(changed, open_vision(changed), None)
    assert (info.openings_from, info.detector, info.detector_pack.name) == ("network", "yunet", "open")


@pytest.mark.parametrize(("face", "detector"), [(True, True), (False, True), (True, False)])
def test_each_pack_is_verified_or_not_by_itself(config, vision, face, detector):
    packs = {
        "pack": replace(vision.pack, verified=face),
        "detector_pack": replace(vision.detector_pack, verified=detector),
    }
    info = facts(config, replace(vision, **packs), None)
    assert (info.pack.verified, info.detector_pack.verified) == (face, detector)


def test_what_the_camera_delivers_is_unknown_before_the_first_frame(config, vision):
    camera = facts(config, vision, None).camera
    assert camera.width is camera.height is camera.fps is None


def test_what_the_camera_delivers_is_told_once_it_is_known(config, vision):
    camera = facts(config, vision, Format(640, 480, 30.0)).camera
    assert (camera.width, camera.height, camera.fps) == (640, 480, 30.0)


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("off", {"mode"}),
        ("pose", {"mode", "pose_min_cutoff_hz", "pose_beta", "derivative_cutoff_hz"}),
        (
            "all",
            {
                "mode",
                "pose_min_cutoff_hz",
                "pose_beta",
                "landmarks_min_cutoff_hz",
                "landmarks_beta",
                "derivative_cutoff_hz",
            },
        ),
    ],
)
def test_info_tells_the_smoothing_that_is_in_force_and_no_other(config, vision, mode, told):
    smoothed = msgspec.structs.replace(config, smooth=SmoothSection(mode=mode, pose_beta=0.5))
    tuning = facts(smoothed, vision, None).tuning
    assert {name for name in tuning if name.startswith("smooth_")} == {f"smooth_{name}" for name in told}
    assert tuning["smooth_mode"] == mode
    assert tuning.get("smooth_pose_beta") == (None if mode == "off" else 0.5)
