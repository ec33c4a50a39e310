"""How hot the machine is, by thermal zone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visaged.board import files

ZONES = Path("sys/class/thermal")

PLACEHOLDERS = frozenset({"PMIC-Die"})
"""Zones that always read the same: Jetson boards report 100 degrees for a sensor that is not there."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A thermal zone: what it is called, and its temperature in degrees Celsius."""

    name: str
    degrees: float


def read_zones(root: Path) -> tuple[Zone, ...]:
    """The zones that have a reading, in the kernel's order."""
    folders = sorted((root / ZONES).glob("thermal_zone*"), key=lambda folder: (len(folder.name), folder.name))
    return tuple(zone for zone in map(_zone, folders) if zone is not None)


def hottest(zones: tuple[Zone, ...]) -> Zone | None:
    """The zone that counts."""
    return max(zones, key=lambda zone: zone.degrees, default=None)


def temperature(root: Path) -> float | None:
    """Of the hottest zone, degrees Celsius; None where the machine does not say."""
    zone = hottest(read_zones(root))
    return zone.degrees if zone else None


def _zone(folder: Path) -> Zone | None:
    """A zone; None where it has no reading, which drivers also say by a temperature that cannot be."""
    name, thousandths = files.text(folder / "type") or folder.name, files.number(folder / "temp")
    if name in PLACEHOLDERS or thousandths is None or not -273_150 < thousandths < 1_000_000:
        return None
    return Zone(name, thousandths / 1000)
