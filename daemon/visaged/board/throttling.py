"""Whether the machine is slowed down, and why: a Raspberry Pi's firmware says so, on other boards the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visaged.board import files

PLATFORM, FLAGS = Path("sys/devices/platform"), "soc*/soc*:firmware/get_throttled"
"""Flags in hexadecimal, as of ``vcgencmd get_throttled``: bits 0 to 3 are of now, bits 16 to 19 of any time since the
start. The path tells which SoC it is."""

HWMON = Path("sys/class/hwmon")
COOLING = Path("sys/class/thermal")

CAUSES = ("under-voltage", "frequency capped", "throttled", "soft temperature limit")
"""What the bits mean, the lowest first."""

UNDER_VOLTAGE = CAUSES[0]
KERNEL = "slowed down by the kernel"
CPU_COOLING = ("thermal-cpufreq", "cpufreq", "Processor")
"""How the types of cooling devices begin that work by slowing the processor down."""


@dataclass(frozen=True, slots=True)
class Throttling:
    """What slows the machine down ``now``, and what has since it was started (``ever``, where the firmware says)."""

    now: tuple[str, ...]
    ever: tuple[str, ...]


def read_throttling(root: Path) -> Throttling | None:
    """What firmware and kernel say; None where neither says anything."""
    flags, voltage, cooling = _flags(root), _voltage_alarm(root), _cooling(root)
    if flags is None and voltage is None and cooling is None:
        return None
    now = [*_causes(flags or 0)]
    if voltage and UNDER_VOLTAGE not in now:
        now.insert(0, UNDER_VOLTAGE)
    if cooling:
        now.append(KERNEL)
    return Throttling(tuple(now), tuple(_causes((flags or 0) >> 16)))


def throttled(root: Path) -> bool | None:
    """Whether anything slows the machine down now."""
    found = read_throttling(root)
    return None if found is None else bool(found.now)


def _flags(root: Path) -> int | None:
    return next((files.number(file, 16) for file in (root / PLATFORM).glob(FLAGS)), None)


def _causes(bits: int) -> list[str]:
    return [cause for number, cause in enumerate(CAUSES) if bits >> number & 1]


def _voltage_alarm(root: Path) -> bool | None:
    """The alarm of the driver raspberrypi-hwmon, which newer kernels have in place of the flags."""
    for folder in (root / HWMON).glob("hwmon*"):
        if files.text(folder / "name") == "rpi_volt":
            alarm = files.number(folder / "in0_lcrit_alarm")
            return None if alarm is None else bool(alarm)
    return None


def _cooling(root: Path) -> bool | None:
    """Whether the kernel slows the processor down against heat; None where it has no means to."""
    states = [
        files.number(folder / "cur_state")
        for folder in (root / COOLING).glob("cooling_device*")
        if (files.text(folder / "type") or "").startswith(CPU_COOLING)
    ]
    known = [state for state in states if state is not None]
    return any(known) if known else None
