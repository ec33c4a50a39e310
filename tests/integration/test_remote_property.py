"""Whatever is desired, and whenever the daemon is killed: it is on a valid configuration, and says truly on which."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from made import wishes
from made.remote import DESIRED, INFO, REPORTED, SLOW_S
from made.waiting import eventually
from visaged.config import InvalidConfigError, Loaded, load, read_patch
from visaged.config.dumper import dump_facts
from visaged.mqtt.codec import decode

AT_REST = {"local", "committed", "reverted", "rejected"}
GATES = ("run", "frames", "camera", "broker", "fps", "latency", "the daemon or the power went down")


class Story:
    """One daemon through many wishes and deaths. ``came_to`` counts what became of the wishes."""

    def __init__(self, device: Any, state: Path, seed: int) -> None:
        self._device, self._state = device, state
        self._dice = random.Random(seed)
        self._good = ""
        self.came_to: Counter[str] = Counter()

    def step(self, version: int) -> None:
        """Something is asked for, and the daemon may be killed meanwhile; then all it says is true."""
        asked = self._wish(version)
        self._device.desire(asked)
        if asked and self._dice.random() < 0.3:
            time.sleep(self._dice.uniform(0.0, 1.2))
            self._die()
        assert eventually(lambda: self._is_decided(asked), SLOW_S), (asked, self._device.reported, self._err)
        self._check(asked)

    def _wish(self, version: int) -> str:
        """Mostly the next version; nothing, which clears what there was, only while somebody is there to hear it."""
        roll = self._dice.random()
        if roll < 0.3:
            return wishes.wrong(self._dice, version)
        if roll < 0.35:
            return wishes.failing(version)
        if roll < 0.55:
            return wishes.anything(self._dice, version)
        if roll < 0.6:
            return ""
        return wishes.tame(self._dice, version if roll < 0.95 else self._dice.randint(1, version))

    def _die(self) -> None:
        """Up to three times in a row; more often, and what comes next would be safe mode."""
        one, told = self._device, len(self._device.listener.of(REPORTED))
        one.daemon.end(signal.SIGKILL)
        for _ in range(self._dice.choice([0, 0, 0, 1, 2])):
            one.begin_only()
            time.sleep(self._dice.uniform(0.0, 1.5))
            one.daemon.end(signal.SIGKILL)
            self.came_to["died young"] += 1
        self.came_to["died"] += 1
        one.begin()
        assert eventually(lambda: len(one.listener.of(REPORTED)) > told, SLOW_S), self._err

    def _is_decided(self, asked: str) -> bool:
        told = self._device.reported
        if not told or told["state"] not in AT_REST:
            return False
        if not asked:
            return bool((told["state"], told["hash"]) == ("local", None))
        return _digest(asked) in (told["hash"], (told["rejected"] or {}).get("hash"))

    def _check(self, asked: str) -> None:
        one, told = self._device, self._device.reported
        state = told["state"]
        self.came_to[state] += 1
        wanted = self._loaded(asked)
        if not asked or (state == "committed" and told["hash"] == _digest(asked)):
            assert wanted is not None and wishes.MISSING not in asked, (asked, told)
            assert told["rejected"] is None
            self._good = asked
        elif state == "reverted":
            assert wanted is not None and told["rejected"]["reason"].startswith(GATES), (asked, told)
        else:
            assert state == "rejected" and (wanted is None or "was here before" in told["rejected"]["reason"]), told
        self._is_in_force(told)
        assert one.daemon.running and "Traceback" not in self._err, self._err

    def _is_in_force(self, told: dict[str, Any]) -> None:
        """``told`` names the last patch that was good, and every value that follows from it, and that is what runs."""
        loaded = self._loaded(self._good)
        assert loaded is not None
        version = int(self._good.split()[2]) if self._good else None
        assert (told["version"], told["hash"]) == (version, _digest(self._good) if self._good else None), told
        assert told["effective"] == dump_facts(loaded), (self._good, told)
        assert eventually(lambda: self._runs(loaded)), (told, self._device.listener.of(INFO)[-1])

    def _loaded(self, text: str) -> Loaded | None:
        """What the patch comes to on this device, None where it contradicts the rest or itself."""
        try:
            patch = read_patch(text.encode(), "desired", self._state) if text else None
            return load(self._device.file, self._device.daemon.sets, patch)
        except InvalidConfigError:
            return None

    def _runs(self, loaded: Loaded) -> bool:
        told, config = decode(self._device.listener.of(INFO)[-1]), loaded.config
        seen = told["tuning"]["detect_interval"], told["tuning"]["smooth_mode"], told["log_level"]
        return bool(seen == (config.detect.interval, config.smooth.mode, config.log.level))

    @property
    def _err(self) -> str:
        err: str = self._device.daemon.err
        return err


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def run(device: Any, state: Path, seed: int, steps: int) -> Counter[str]:
    """Gives what became of the wishes, of which at least a few must have come true."""
    story = Story(device, state, seed)
    for version in range(1, steps + 1):
        story.step(version)
    assert story.came_to["committed"] >= steps / 5
    assert {REPORTED, DESIRED} <= {message.topic for message in device.listener.messages}
    return story.came_to


def test_a_few_wishes_and_deaths(configured: Any, tmp_path: Path) -> None:
    run(configured(trial_s=0.4), tmp_path / "state", seed=20, steps=12)


@pytest.mark.faults
@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(5))
def test_hundreds_of_wishes_and_deaths(configured: Any, tmp_path: Path, seed: int, capsys: Any) -> None:
    came_to = run(configured(trial_s=0.4), tmp_path / "state", seed, steps=100)
    with capsys.disabled():
        print(f"\n100 wishes, seed {seed}: {dict(came_to)}")
