"""What the doctor says of cameras, packs and tuning; of the broker see the integration tests."""

import os
import shutil
import socket

import pytest

from made.camera import http_camera
from made.denying_server import DenyingServer
from visaged.board.cameras import Camera
from visaged.broker import broker_settings
from visaged.config.schema import MqttSection
from visaged.doctor import setup
from visaged.errors import ModelError
from visaged.models import load
from visaged.sources.settings import CameraSettings
from visaged.tuning.choice import Choice
from visaged.vision.session import Execution

CAMERA = Camera("/dev/video7", "HD Pro Webcam", "/dev/v4l/by-id/usb-HD")


def states(findings):
    return [finding.state for finding in findings]


@pytest.mark.parametrize("uri", ["7", "/dev/video7", "/dev/v4l/by-id/usb-HD", "synthetic"])
def test_a_camera_that_is_there_is_fine(uri):
    assert set(states(setup.cameras([CAMERA], uri))) == {"ok"}


@pytest.mark.parametrize("uri", ["98", "/dev/v4l/by-id/other"])
def test_a_camera_that_is_not_there_fails_and_the_others_are_listed(uri):
    listed, missing = setup.cameras([CAMERA], uri)
    assert "HD Pro Webcam" in listed.detail and CAMERA.stable in listed.detail
    assert missing.state == "fail"


def test_a_camera_that_this_user_may_not_use_fails(monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    (finding,) = setup.cameras([], "/dev/null")
    assert finding.state == "fail" and "usermod -aG video" in finding.advice


def test_a_camera_is_read_as_the_daemon_would(usb):
    (finding,) = setup.cameras([], str(usb.name), CameraSettings(width=1280, height=720, fps=15))
    assert finding.state == "ok" and finding.detail.endswith("gives pictures of 1280 x 720, 15 a second")
    (finding,) = setup.cameras([], str(usb.name), CameraSettings(width=320, height=200))
    assert finding.state == "fail" and "offers no 320 x 200" in finding.detail


def test_a_ribbon_s_raw_side_fails_and_says_how_it_is_read(usb, monkeypatch):
    monkeypatch.setenv("FAKE_V4L2_DRIVER", "unicam")
    (finding,) = setup.cameras([], str(usb.name), CameraSettings(width=320, height=200))
    assert finding.state == "fail" and 'source.uri = "rpicam:0"' in finding.detail


def test_what_is_no_camera_fails():
    (finding,) = setup.cameras([], "/dev/null")
    assert finding.state == "fail" and "no video device" in finding.detail


def test_a_device_that_another_program_reads_is_a_warning(usb):
    usb.does("busy")
    (finding,) = setup.cameras([], str(usb.name))
    assert finding.state == "warn" and "systemctl stop visaged" in finding.advice


def test_a_ribbon_camera_fails_without_the_program_that_reads_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    (finding,) = setup.cameras([], "rpicam:0")
    assert finding.state == "fail" and "apt install rpicam-apps-lite" in finding.detail


def test_a_ribbon_camera_is_read_as_the_daemon_would(rpicam):
    (finding,) = setup.cameras([], "rpicam:0", CameraSettings(width=128, height=96, fps=15))
    assert finding.state == "ok"
    assert finding.detail == "rpicam:0, which source.uri names, gives pictures of 128 x 96, 15 a second"


@pytest.mark.parametrize(
    ("mode", "state", "words"),
    [
        ("die", "fail", "no cameras available"),
        ("stall", "fail", "sends no pictures"),
        ("busy", "warn", "in use by another program"),
    ],
)
def test_a_ribbon_camera_that_gives_no_picture_is_not_fine(rpicam, mode, state, words):
    rpicam.does(mode)
    (finding,) = setup.cameras([], "rpicam:0", CameraSettings(width=128, height=96, open_timeout_s=2.0))
    assert finding.state == state and words in finding.detail and finding.advice


def test_a_file_that_is_not_there_fails(tmp_path):
    (finding,) = setup.cameras([], str(tmp_path / "film.mp4"))
    assert finding.state == "fail" and "film.mp4" in finding.detail


def test_credentials_of_the_service_are_no_fault_of_the_broker(monkeypatch):
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    finding = setup.broker(lambda: broker_settings(MqttSection(password_file="credential:mqtt"), "cam"))
    assert (finding.state, finding.advice) == ("warn", setup.AS_THE_SERVICE)


@pytest.mark.real_machine  # qemu hangs where a process with servers in threads starts another
def test_a_network_camera_is_read_and_its_password_not_shown():
    with http_camera() as address:
        (finding,) = setup.cameras([], f"{address}/endless")
    assert finding.state == "ok" and finding.detail.endswith(
        "/endless, which source.uri names, gives pictures of 160 x 120"
    )
    assert "http://***@" in finding.detail and "secret" not in finding.detail


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_an_address_at_which_nobody_listens_fails_and_its_password_is_not_shown(scheme):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    (finding,) = setup.cameras([], f"{scheme}://me:secret@127.0.0.1:{port}/1")
    assert finding.state == "fail" and "cannot be opened" in finding.detail
    assert "secret" not in f"{finding.detail} {finding.advice}"


@pytest.mark.real_machine
@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ('401 No\r\nWWW-Authenticate: Basic realm="camera"', "fail", "are user name and password right?"),
        ("503 Full", "warn", "busy or unavailable"),
    ],
)
def test_a_network_camera_that_gives_no_picture_is_not_fine(answer, state, words):
    with DenyingServer(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode()) as server:
        (finding,) = setup.cameras([], f"http://me:secret@127.0.0.1:{server.port}/")
    assert finding.state == state and words in finding.detail and finding.advice
    assert "secret" not in finding.detail


def test_what_a_network_camera_cannot_be_set_to_fails():
    (finding,) = setup.cameras([], "rtsp://me:secret@127.0.0.1/1", CameraSettings(exposure_ms=5))
    assert finding.state == "fail" and "has no exposure to set" in finding.detail and "secret" not in finding.detail


def test_a_secret_that_everybody_may_read_is_a_warning():
    assert states(setup.secrets(["a file may be read"])) == ["warn"]
    assert setup.secrets([]) == []


def test_packs_are_read_to_their_last_byte(made_pack_dir, tmp_path):
    shutil.copytree(made_pack_dir, tmp_path / "m")
    pack = load("yunet", tmp_path / "m")
    assert states(setup.packs(lambda: [pack])) == ["warn"]  # a made pack is not verified
    content = bytearray(pack.detector.path.read_bytes())
    content[-1] ^= 1
    pack.detector.path.write_bytes(content)
    assert states(setup.packs(lambda: [pack])) == ["fail"]


def test_a_pack_that_is_missing_fails():
    def find():
        raise ModelError("no such pack")

    assert states(setup.packs(find)) == ["fail"]


@pytest.mark.parametrize(("by", "state"), [("tuning", "ok"), ("configuration", "ok"), ("profile", "warn")])
def test_a_board_that_was_not_measured_is_a_warning(by, state):
    finding = setup.tuning(Choice(Execution(2, True), by, "because"))
    assert (finding.state, finding.detail) == (state, "2 threads, spinning: because")
