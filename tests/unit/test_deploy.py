"""The files that make a service of visaged."""

import difflib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
INSTALL = ROOT / "scripts/install-service"
LARGEST_EXPOSURE = 2.0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
@pytest.mark.parametrize("unit", ["visaged.service", "visaged@.service"])
def test_the_service_is_hardly_exposed(unit):
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", DEPLOY / unit]
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60).stdout
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert level and float(level[1]) <= LARGEST_EXPOSURE


def test_the_first_camera_may_be_plugged_in_while_the_service_runs():
    """systemd looks names up in /proc/devices at the start, where a driver that is not loaded yet has none."""
    allowed = re.findall(r"(?m)^DeviceAllow=(\S+)", (DEPLOY / "visaged.service").read_text())
    assert "char-81" in allowed and "char-video4linux" not in allowed


def test_the_unit_for_several_cameras_differs_in_names_alone():
    one, several = ((DEPLOY / name).read_text().splitlines() for name in ("visaged.service", "visaged@.service"))
    changed = [line[2:] for line in difflib.ndiff(one, several) if line[:2] == "+ " and not line.startswith("+ #")]
    assert [line.partition("=")[0] for line in changed] == ["Description", "ExecStart", "StateDirectory", "Environment"]
    assert all("%i" in line for line in changed)


def run(*arguments, **options):
    return subprocess.run([INSTALL, *arguments], check=False, capture_output=True, text=True, timeout=30, **options)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--purge"], "--purge goes with --uninstall"),
        (["--wheel"], "--wheel needs a file"),
        (["--upgrade"], "there is no option --upgrade"),
    ],
)
def test_installing_with_wrong_words_is_explained(arguments, said):
    done = run(*arguments)
    assert (done.returncode, said in done.stderr, len(done.stderr.splitlines())) == (2, True, 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_installing_takes_root():
    done = subprocess.run(  # they may not enter a checkout of root's
        ["bash", "-s"],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
        user=65534,
        cwd="/",
        input=INSTALL.read_text(),
    )
    assert (done.returncode, done.stderr) == (1, "install-service: only root can install a service; run it with sudo\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="others are told to become root")
@pytest.mark.skipif(Path("/run/systemd/system").exists(), reason="systemd runs here")
@pytest.mark.parametrize("arguments", [[], ["--uninstall"]])
def test_installing_takes_systemd(arguments):
    done = run(*arguments)
    assert (done.returncode, "systemd does not run on this machine" in done.stderr) == (1, True)
