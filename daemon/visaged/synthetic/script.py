"""What the person in front of the synthetic camera does, minute by minute.

A minute depends on nothing but the seed and its number: each begins and ends with the person at rest, open-eyed and
looking ahead. In each there are turns, nods and tilts to both sides, blinks all the time, a long closure of the eyes, a
yawn, a few words, one leaving, and light that changes, once to near dark.
"""

from __future__ import annotations

import msgspec
import numpy as np

from visaged.synthetic.light import Light
from visaged.synthetic.track import Track

MINUTE = 60.0
LAST = MINUTE - 1.0
"""By then everything is over."""

MOODS = 7
"""Expressions that move at the same time."""

TURN, NOD, TILT = (20.0, 50.0), (8.0, 20.0), (10.0, 25.0)
"""How far the head goes: degrees."""

CLOSING, SHUT, OPENING = (0.06, 0.12), (0.0, 0.1), (0.1, 0.2)
BETWEEN_BLINKS = (1.5, 4.5)
LONG_SHUT = (1.0, 2.5)
"""Seconds (Caffier et al., "The spontaneous eye-blink as sleepiness indicator", 2003; long ones are sleep's)."""

OUTSIDE = 0.95
"""Widths of the picture that the neck is moved to have the head outside."""

USUAL = Light()
DARK = 0.12


class Moment(msgspec.Struct, frozen=True):
    """Angles in degrees by the project's axes. ``x`` and ``y``: where the neck is, in widths and heights of the picture
    from its usual place, to the right and down. ``size``: of the head, 1 is usual. ``lids``: 0 open to 1 shut; ``jaw``:
    0 closed to 1 a wide yawn. ``mood``: other expressions, in standard deviations."""

    yaw: float
    pitch: float
    roll: float
    x: float
    y: float
    size: float
    lids: float
    jaw: float
    mood: tuple[float, ...]
    light: Light


class Minute:
    """Minute ``number`` of the script of ``seed``."""

    def __init__(self, seed: int, number: int) -> None:
        head, place, eyes, mouth, light = (np.random.default_rng([seed, number, part]) for part in range(5))
        self._head = _head(head)
        self._place = _place(place)
        self._lids = _lids(eyes)
        self._jaw, self._mood = _mouth(mouth), _mood(mouth)
        self._light = _light(light)

    def at(self, t: float) -> Moment:
        """How things are ``t`` seconds into the minute."""
        azimuth, elevation, ambient, lamp = (track.at(t) for track in self._light)
        lids, jaw, mood = self._lids.at(t), self._jaw.at(t), tuple(track.at(t) for track in self._mood)
        yaw, pitch, roll = (track.at(t) for track in self._head)
        x, y, size = (track.at(t) for track in self._place)
        return Moment(yaw, pitch, roll, x, y, size, lids, jaw, mood, Light(azimuth, elevation, ambient, lamp))


def _head(random: np.random.Generator) -> tuple[Track, Track, Track]:
    """Yaw, pitch, roll: one gesture after the other, each kind before one comes again; some yaw and pitch in others."""
    yaw, pitch, roll = Track(), Track(), Track()
    kinds = ((yaw, TURN, (0.4, 1.2)), (pitch, NOD, (0.3, 0.7)), (roll, TILT, (0.5, 1.0)))
    gestures = [(track, side * degrees, way) for track, (_, degrees), way in kinds for side in (1, -1)]
    least = {id(track): degrees / most for track, (degrees, most), _ in kinds}
    t = random.uniform(0.5, 2.0)
    while True:
        for number in random.permutation(len(gestures)):
            track, most, way = gestures[number]
            other = roll if track is yaw else yaw
            over = track.there_and_back(random, t, most * random.uniform(least[id(track)], 1), way, (0.1, 1.2))
            other.there_and_back(random, t, random.normal() * 4, way, (0.1, 0.5))
            if max(over, other.end) > LAST - 6:
                return yaw, pitch, roll
            t = max(over, other.end) + random.uniform(0.2, 1.5)


def _place(random: np.random.Generator) -> tuple[Track, Track, Track]:
    """To the right, down, and size: the person moves about, and once is away to one side, back from either."""
    x, y, size = Track(), Track(), Track(1.0)
    gone = random.uniform(15, 40)
    x.wander(random, gone, 0.05, (2, 5))
    there = x.move(gone, random.uniform(0.8, 1.5), random.choice([-1, 1]) * OUTSIDE)
    x.move(there + random.uniform(1, 3), 0.0, random.choice([-1, 1]) * OUTSIDE)
    x.move(x.end, random.uniform(0.8, 1.5), 0)
    for track, spread in ((x, 0.05), (y, 0.03), (size, 0.1)):
        track.wander(random, LAST, spread, (2, 5))
    return x, y, size


def _lids(random: np.random.Generator) -> Track:
    lids = Track()
    asleep, has_slept = random.uniform(8, 50), False
    t = random.uniform(0.5, 2)
    while t < LAST - 4:
        is_long = t >= asleep and not has_slept
        has_slept |= is_long
        there = lids.move(t, random.uniform(*CLOSING), 1)
        stay = random.uniform(*(LONG_SHUT if is_long else SHUT))
        t = lids.move(there + stay, random.uniform(*OPENING), 0) + random.uniform(*BETWEEN_BLINKS)
    return lids


def _mouth(random: np.random.Generator) -> Track:
    """The jaw: a yawn and a few words, in either order."""
    jaw = Track()
    t: float = random.uniform(3, 10)
    for what in random.permutation(["yawn", "words"]):
        if what == "yawn":
            there = jaw.move(t, random.uniform(0.8, 1.5), random.uniform(0.85, 1.0))
            t = jaw.move(there + random.uniform(0.8, 2.0), random.uniform(0.5, 0.9), 0)
        else:
            for _ in range(random.integers(6, 12)):
                t = jaw.there_and_back(random, t, random.uniform(0.05, 0.3), (0.08, 0.2), (0, 0.1))
        t += random.uniform(8, 20)
    return jaw


def _mood(random: np.random.Generator) -> list[Track]:
    mood = [Track() for _ in range(MOODS)]
    for track in mood:
        track.wander(random, LAST, 0.6, (1, 3))
    return mood


def _light(random: np.random.Generator) -> list[Track]:
    """Azimuth, elevation, ambient, lamp: the fields of ``Light`` that change."""
    azimuth, elevation = Track(USUAL.azimuth), Track(USUAL.elevation)
    ambient, lamp = Track(USUAL.ambient), Track(USUAL.lamp)
    night = random.uniform(5, 45)
    for track, spread in ((azimuth, 25.0), (elevation, 10.0)):
        track.wander(random, LAST, spread, (2, 6))
    for track, spread in ((ambient, 0.05), (lamp, 0.08)):
        track.wander(random, night, spread, (2, 6))
        track.there_and_back(random, night, DARK, (0.3, 0.3), (2.5, 2.5))
        track.wander(random, LAST, spread, (2, 6))
    return [azimuth, elevation, ambient, lamp]
