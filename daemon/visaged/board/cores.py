"""The processor's cores: what they are, and which of them are the big ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from visaged.board import files

CPUS = Path("sys/devices/system/cpu")

PARTS = {
    (0x41, 0xD03): "Cortex-A53",
    (0x41, 0xD04): "Cortex-A35",
    (0x41, 0xD05): "Cortex-A55",
    (0x41, 0xD07): "Cortex-A57",
    (0x41, 0xD08): "Cortex-A72",
    (0x41, 0xD09): "Cortex-A73",
    (0x41, 0xD0A): "Cortex-A75",
    (0x41, 0xD0B): "Cortex-A76",
    (0x41, 0xD40): "Neoverse-V1",
    (0x41, 0xD41): "Cortex-A78",
    (0x41, 0xD42): "Cortex-A78AE",
    (0x4E, 0x003): "Denver 2",
    (0x4E, 0x004): "Carmel",
}
"""Names by implementer and part number of the main ID register (Arm's MIDR_EL1), as in ``/proc/cpuinfo``."""

BIG_FROM = 0.8
"""Of the strength of the strongest: cores of its kind that have so much are big ones, too, only clocked lower."""

_FIELD = re.compile(r"([\w ]+?)\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Core:
    """One core: its number; its kind by name; ``capacity`` as the scheduler sees it (1024: the best of the machine).

    ``max_mhz`` and ``governor`` are those of cpufreq. None where the kernel does not say.
    """

    number: int
    kind: str | None
    capacity: int | None
    max_mhz: int | None
    governor: str | None


def read_cores(root: Path) -> tuple[Core, ...]:
    """The cores that ``/proc/cpuinfo`` lists, which are those that are switched on."""
    return tuple(_core(root, fields) for fields in _blocks(files.text(root / "proc/cpuinfo") or ""))


def big(cores: Sequence[Core]) -> tuple[Core, ...]:
    """Those with the greatest capacity, or frequency where no capacity is told, and those of the same kind that come
    near; all where they are alike."""
    strengths = [core.capacity or core.max_mhz or 0 for core in cores]
    most = max(strengths, default=0)
    known = [*zip(cores, strengths, strict=True)]
    kinds = {core.kind for core, strength in known if strength == most}
    return tuple(core for core, strength in known if core.kind in kinds and strength >= BIG_FROM * most)


def describe(cores: Sequence[Core]) -> str:
    """``4 x Cortex-A76 at 2400 MHz``, the kinds one after the other."""
    kinds = Counter((core.kind or "core of unknown kind", core.max_mhz) for core in cores)
    return " + ".join(f"{count} x {kind}{f' at {mhz} MHz' if mhz else ''}" for (kind, mhz), count in kinds.items())


def _blocks(cpuinfo: str) -> list[dict[str, str]]:
    """The fields of each core; what comes after the last (Hardware, Model) belongs to no core."""
    found = [dict(_FIELD.findall(block)) for block in cpuinfo.split("\n\n")]
    return [fields for fields in found if fields.get("processor", "").isdecimal()]


def _core(root: Path, fields: dict[str, str]) -> Core:
    index = int(fields["processor"])
    cpu = root / CPUS / f"cpu{index}"
    khz = files.number(cpu / "cpufreq/cpuinfo_max_freq")
    return Core(
        number=index,
        kind=_kind(fields),
        capacity=files.number(cpu / "cpu_capacity"),
        max_mhz=khz // 1000 if khz else None,
        governor=files.text(cpu / "cpufreq/scaling_governor"),
    )


def _kind(fields: dict[str, str]) -> str | None:
    try:
        part = int(fields["CPU implementer"], 16), int(fields["CPU part"], 16)
    except (KeyError, ValueError):
        return fields.get("model name") or None
    return PARTS.get(part, f"part 0x{part[1]:03x} of implementer 0x{part[0]:02x}")
