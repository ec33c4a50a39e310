"""What a desk may ask of a device, right or wrong; the same for the same dice."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec

from visaged.config.keys import KEYS

WRONG = (
    "detect.interval = 0",
    "detect.intervall = 3",
    'mqtt.host = "evil"',
    'source.uri = "/etc/passwd"',
    'smooth.mode = "off"\nsmooth.raw = true',
    "source.width = 640",
    "remote.trial_s = 0.1",
    "[",
)

STOPPING = ("pace", "loop", "fps", "stall_timeout_s", "frozen_timeout_s")
LEFT_OUT = {*(f"source.{name}" for name in STOPPING), "thermal.limit_c", "detect.size"}
"""Keys of which some values end the film that everything is measured by, or slow it down."""

MISSING = "/dev/v4l/by-id/missing"

ANY = [path for path, key in KEYS.items() if key.use.access == "remote" and path not in LEFT_OUT]


def wrong(dice: random.Random, version: int) -> str:
    """A patch that no device takes."""
    return f"version = {version}\n{dice.choice(WRONG)}\n"


def failing(version: int) -> str:
    """One that is valid, and with which no frame comes."""
    return f'version = {version}\nsource.uri = "{MISSING}"\n'


def tame(dice: random.Random, version: int) -> str:
    """One that works, with up to three keys; some of them restart the source."""
    values: dict[str, Any] = {
        "detect.interval": dice.randint(2, 60),
        "smooth.mode": dice.choice(["off", "pose", "all"]),
    }
    chosen = dict(dice.sample(sorted(values.items()), dice.randint(0, 2)))
    if dice.random() < 0.3:
        chosen["source.stall_timeout_s"] = round(dice.uniform(1, 9), 2)
    return _written(version, chosen)


def anything(dice: random.Random, version: int) -> str:
    """Valid values of up to four keys, whatever they come to together."""
    paths = dice.sample(ANY, dice.randint(1, 4))
    return _written(version, {path: _value(dice, path) for path in paths})


def _written(version: int, values: dict[str, Any]) -> str:
    lines = [f"{path} = {json.dumps(value)}" for path, value in values.items()]
    return "\n".join([f"version = {version}", *lines, ""])


def _value(dice: random.Random, path: str) -> Any:
    kind: Any = msgspec.inspect.type_info(KEYS[path].type)
    kind = getattr(kind, "type", kind)
    if isinstance(kind, msgspec.inspect.LiteralType):
        return dice.choice(kind.values)
    if isinstance(kind, msgspec.inspect.BoolType):
        return dice.random() < 0.5
    if isinstance(kind, msgspec.inspect.IntType):
        return dice.randint(kind.ge, kind.le)
    if isinstance(kind, msgspec.inspect.FloatType):
        return round(dice.uniform(kind.ge, kind.le), 3)
    return KEYS[path].default
