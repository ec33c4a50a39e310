"""Whatever is desired, and whenever the daemon is killed: it is on a valid configuration, and says truly on which."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest

from made.remote import DESIRED, INFO, REPORTED, SLOW_S
from made.waiting import eventually
from visaged.mqtt.codec import decode

DEFAULTS = {"detect.interval": 30, "smooth.mode": "pose", "source.retry_max_s": 0.2}
AT_REST = {"local", "committed", "reverted", "rejected", "safe_mode"}
WRONG = (
    "detect.interval = 0",
    "detect.intervall = 3",
    'mqtt.host = "evil"',
    'source.uri = "/etc/passwd"',
    'smooth.mode = "off"\nsmooth.raw = true',
    "source.width = 640",
    'source.uri = "STATE/missing.avi"',
    "[",
)


@dataclass
class Wish:
    """A patch; ``values``: what it comes to, None: nothing, for it is wrong."""

    text: str
    values: dict[str, Any] | None


def wish(dice: random.Random, version: int, state: str) -> Wish:
    if dice.random() < 0.4:
        return Wish(f"version = {version}\n{dice.choice(WRONG).replace('STATE', state)}\n", None)
    values = {"detect.interval": dice.randint(2, 60), "smooth.mode": dice.choice(["off", "pose", "all"])}
    chosen = dict(dice.sample(sorted(values.items()), dice.randint(0, 2)))
    lines = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in chosen.items()]
    if dice.random() < 0.3:
        lines.append(f"source.stall_timeout_s = {dice.uniform(1, 9):.2f}")
    return Wish("\n".join([f"version = {version}", *lines, ""]), DEFAULTS | chosen)


class Story:
    """One daemon through many wishes and deaths."""

    def __init__(self, device: Any, state: str, seed: int) -> None:
        self._device, self._state = device, state
        self._dice = random.Random(seed)
        self._good = dict(DEFAULTS)

    def step(self, version: int) -> None:
        one, asked = self._device, wish(self._dice, version, self._state)
        one.desire(asked.text)
        if self._dice.random() < 0.3:
            time.sleep(self._dice.uniform(0.0, 1.2))
            one.daemon.end(signal.SIGKILL)
            told = len(one.listener.of(REPORTED))
            one.begin()
            assert eventually(lambda: len(one.listener.of(REPORTED)) > told, SLOW_S)
        assert eventually(lambda: self._is_decided(asked), SLOW_S), (asked, one.reported, one.daemon.err)
        self._check(asked)

    def _is_decided(self, asked: Wish) -> bool:
        told, digest = self._device.reported, sha256(asked.text.encode()).hexdigest()
        about = {told.get("hash"), (told["rejected"] or {}).get("hash")} if told else set()
        return bool(told) and told["state"] in AT_REST and digest in about

    def _check(self, asked: Wish) -> None:
        one = self._device
        told = one.reported
        in_force = {key: told["effective"][key]["value"] for key in DEFAULTS}
        if told["state"] == "committed" and told["hash"] == sha256(asked.text.encode()).hexdigest():
            assert in_force == asked.values, (asked, told)
            self._good = in_force
        else:
            assert in_force == self._good, (asked, told)
        assert eventually(lambda: self._is_true(in_force)), (told, one.listener.of(INFO)[-1])
        assert one.daemon.running and "Traceback" not in one.daemon.err

    def _is_true(self, in_force: dict[str, Any]) -> bool:
        tuning = decode(self._device.listener.of(INFO)[-1])["tuning"]
        seen = {"detect.interval": tuning["detect_interval"], "smooth.mode": tuning["smooth_mode"]}
        return seen.items() <= in_force.items()


def run(device: Any, state: str, seed: int, steps: int) -> None:
    story = Story(device, state, seed)
    for version in range(1, steps + 1):
        story.step(version)
    messages = {message.topic for message in device.listener.messages}
    assert {REPORTED, DESIRED} <= messages


def test_a_few_wishes_and_deaths(configured: Any, tmp_path: Any) -> None:
    run(configured("", trial_s=0.4), f"{tmp_path}/state", seed=20, steps=25)


@pytest.mark.faults
@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(5))
def test_hundreds_of_wishes_and_deaths(configured: Any, tmp_path: Any, seed: int) -> None:
    run(configured("", trial_s=0.4), f"{tmp_path}/state", seed, steps=100)
