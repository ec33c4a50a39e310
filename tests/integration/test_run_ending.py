"""``visaged run`` that is told to end while another configuration takes its time to come into force."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.publish
import pytest

from made.daemon import ENDED_MIDWAY
from made.pictures import write_video
from made.remote import Device
from made.waiting import PATIENCE, eventually
from visaged.mqtt.codec import decode

STATUS, POSE, DESIRED = (f"visaged/cam/{name}" for name in ("status", "pose", "config/desired"))
ENDS_S = 2.0


class Slow:
    """A daemon whose model pack lies on a disk that is too slow to wait for, once ``is_slow`` was called."""

    def __init__(self, broker: Any, listener: Any, daemon: Any, folder: Path) -> None:
        models = folder / "models"
        film = write_video(folder / "film.avi", 25, [True] * 25)
        self._broker, self._listener, self._manifest = broker, listener, models / "yunet" / "pack.toml"
        self.file = folder / "visaged.toml"
        self.file.write_text(f'[source]\nuri = "{film}"\nloop = true\n')
        self._start = lambda: daemon(broker.port, "--config", str(self.file), models=models, remote__trial_s=1)
        self.start()

    def start_only(self) -> None:
        """Start it (again)."""
        self.daemon = self._start()

    def start(self) -> None:
        """Start it (again), and see poses."""
        count = len(self._listener.of(POSE))
        self.start_only()
        assert eventually(lambda: len(self._listener.of(POSE)) > count + 20, 60), self.daemon.err

    def is_slow(self) -> None:
        """From now on whoever reads the pack waits for ever."""
        self._manifest.rename(self._manifest.with_suffix(".kept"))
        os.mkfifo(self._manifest)

    def is_quick(self) -> None:
        """As at first."""
        self._manifest.with_suffix(".kept").replace(self._manifest)

    def reload(self) -> None:
        """Ask for other networks by SIGHUP."""
        self.file.write_text(self.file.read_text() + "[detect]\nsize = 256\n")
        self.daemon.hang_up()

    def patch(self, text: str = "version = 1\ndetect.size = 256\n") -> None:
        """Ask for other networks from afar; an empty text: for those of the file."""
        paho.mqtt.publish.single(DESIRED, text, qos=1, retain=True, port=self._broker.port)

    @property
    def waits(self) -> bool:
        """Whether a thread of it waits for the pack."""
        names = (task / "comm" for task in Path(f"/proc/{self.daemon.pid}/task").iterdir())
        return any(name.read_text().strip() == "prepare" for name in names)

    @property
    def statuses(self) -> list[str]:
        """Every state so far."""
        return [decode(payload)["state"] for payload in self._listener.of(STATUS)]

    def comes_to(self, state: str, size: int) -> bool:
        """Whether it says so of its configuration, and of the size at which it detects faces."""

        def has_come() -> bool:
            said = decode(self._listener.of("visaged/cam/config/reported")[-1])
            return (said["state"], said["effective"]["detect.size"]["value"]) == (state, size)

        return eventually(has_come, 30)


@pytest.fixture
def folder(made_pack_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """For the state and the models of every daemon."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    shutil.copytree(made_pack_dir, tmp_path / "models")
    return tmp_path


@pytest.fixture
def slow(broker: Any, listen: Any, daemon: Any, folder: Path) -> Slow:
    """One that is as quick as others so far, and publishes poses."""
    return Slow(broker, listen(broker), daemon, folder)


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
    assert eventually(lambda: slow.statuses[-1] == "stopped")


def test_what_was_asked_for_from_afar_is_tried_after_the_next_start(slow: Slow) -> None:
    slow.is_slow()
    slow.patch()
    assert eventually(lambda: slow.waits), slow.daemon.err
    assert slow.daemon.end() < ENDS_S * PATIENCE
    slow.is_quick()
    slow.start()
    assert slow.comes_to("committed", 256)


def test_what_was_cleared_meanwhile_stays_cleared(slow: Slow) -> None:
    slow.patch()
    assert slow.comes_to("committed", 256)
    slow.is_slow()
    slow.patch("")
    assert eventually(lambda: slow.waits), slow.daemon.err
    assert slow.daemon.end() < ENDS_S * PATIENCE
    slow.is_quick()
    slow.start()
    assert slow.comes_to("local", 0)


def test_at_the_start_it_ends_at_once_too(slow: Slow) -> None:
    slow.daemon.end()
    slow.is_slow()
    slow.start_only()
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
