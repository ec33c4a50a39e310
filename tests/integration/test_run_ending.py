"""``visaged run`` that is told to end while another configuration takes its time to come into force."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from made.daemon import ENDED_MIDWAY, Daemon
from made.remote import STATUS, Device
from made.waiting import PATIENCE, eventually
from visaged.mqtt.codec import decode

ENDS_S = 2.0


class Slow:
    """A device whose model pack lies on a disk that is too slow to wait for, once ``is_slow`` was called."""

    def __init__(self, device: Device, manifest: Path) -> None:
        self.device, self._manifest = device, manifest

    @property
    def daemon(self) -> Daemon:
        """The one that was started last."""
        return self.device.daemon

    def is_slow(self) -> None:
        """From now on whoever reads the pack waits for ever."""
        self._manifest.rename(self._manifest.with_suffix(".kept"))
        os.mkfifo(self._manifest)

    def is_quick(self) -> None:
        """As at first."""
        self._manifest.with_suffix(".kept").replace(self._manifest)

    def reload(self) -> None:
        """Ask for other networks by SIGHUP."""
        file = self.device.file
        file.write_text(file.read_text() + "[detect]\nsize = 256\n")
        self.daemon.hang_up()

    def patch(self) -> None:
        """Ask for other networks from afar."""
        self.device.ask("detect.size = 256")

    @property
    def waits(self) -> bool:
        """Whether a thread of it waits for the pack."""
        names = (task / "comm" for task in Path(f"/proc/{self.daemon.pid}/task").iterdir())
        return any(name.read_text().strip() == "prepare" for name in names)

    def comes_to(self, state: str, size: int) -> bool:
        """Whether it says so of its configuration, and of the size at which it detects faces."""

        def has_come() -> bool:
            said = self.device.reported
            return (said["state"], said["effective"]["detect.size"]["value"]) == (state, size)

        return eventually(has_come)


@pytest.fixture
def slow(configured: Callable[..., Device], made_pack_dir: Path, tmp_path: Path) -> Slow:
    """One that is as quick as others so far, and publishes poses."""
    models = tmp_path / "models"
    shutil.copytree(made_pack_dir, models)
    return Slow(configured(trial_s=1, models=models), models / "yunet/pack.toml")


Asked = Callable[[Slow], None]


@pytest.mark.parametrize("asked", [Slow.reload, Slow.patch])
def test_the_end_does_not_wait_for_models_that_are_being_opened(slow: Slow, asked: Asked) -> None:
    slow.is_slow()
    asked(slow)
    assert eventually(lambda: slow.waits), slow.daemon.err
    seconds = slow.daemon.end()
    print(f"ended after {seconds:.2f} s")
    assert (slow.daemon.wait(), slow.daemon.sentences[-1].startswith("visaged: ")) == (0, True)
    assert seconds < ENDS_S * PATIENCE
    assert eventually(lambda: decode(slow.device.listener.of(STATUS)[-1])["state"] == "stopped")


def test_what_was_asked_for_from_afar_is_tried_after_the_next_start(slow: Slow) -> None:
    slow.is_slow()
    slow.patch()
    assert eventually(lambda: slow.waits), slow.daemon.err
    assert slow.daemon.end() < ENDS_S * PATIENCE
    slow.is_quick()
    slow.device.begin()
    assert slow.comes_to("committed", 256)


def test_what_was_cleared_meanwhile_stays_cleared(slow: Slow) -> None:
    slow.patch()
    assert slow.comes_to("committed", 256)
    slow.is_slow()
    slow.device.desire("")
    assert eventually(lambda: slow.waits), slow.daemon.err
    assert slow.daemon.end() < ENDS_S * PATIENCE
    slow.is_quick()
    slow.device.begin()
    assert slow.comes_to("local", 0)


def test_at_the_start_it_ends_at_once_too(slow: Slow) -> None:
    slow.daemon.end()
    slow.is_slow()
    slow.device.begin_only()
    assert eventually(lambda: slow.waits, 30), slow.daemon.err
    assert slow.daemon.end() < ENDS_S * PATIENCE
    assert slow.daemon.wait() == 0


def test_an_end_amid_a_reload_is_no_verdict_on_what_is_tried(configured: Callable[..., Device]) -> None:
    device = configured(trial_s=60, program=ENDED_MIDWAY)
    device.ask("detect.interval = 7")
    assert device.comes_to(state="trial"), device.daemon.err
    device.file.write_text(device.file.read_text() + '[mqtt]\npermitted = "ping"\n')
    device.daemon.hang_up()
    assert device.daemon.wait(ENDS_S + 3) == 0, device.daemon.err
    assert "taken back" not in device.daemon.err
    assert eventually(lambda: decode(device.listener.of(STATUS)[-1])["state"] == "stopped")
