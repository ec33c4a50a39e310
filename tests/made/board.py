"""A made board: the kernel's files that tell of it, below a folder that takes the place of ``/``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.board.files import ROOT_VARIABLE

CPUINFO = """\
processor\t: {number}
BogoMIPS\t: 108.00
CPU implementer\t: 0x{implementer:02x}
CPU part\t: 0x{part:03x}

"""


class MadeBoard:
    """Nothing is there until it is said."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, content: str | bytes) -> None:
        """The file ``path`` of the board; replaced in one step, as a sensor never says half of something."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(file.name + ".part")
        part.write_bytes(content if isinstance(content, bytes) else content.encode())
        part.replace(file)

    def identify(self, model: str, *compatible: str) -> None:
        """What the device tree says."""
        self.write("proc/device-tree/model", f"{model}\0")
        self.write("proc/device-tree/compatible", "".join(f"{word}\0" for word in compatible))

    def zone(self, number: int, name: str, degrees: float) -> None:
        """A thermal zone."""
        self.write(f"sys/class/thermal/thermal_zone{number}/type", f"{name}\n")
        self.write(f"sys/class/thermal/thermal_zone{number}/temp", f"{round(degrees * 1000)}\n")

    def throttled(self, flags: int) -> None:
        """What a Raspberry Pi's firmware says."""
        self.write("sys/devices/platform/soc/soc:firmware/get_throttled", f"{flags:x}\n")

    def cores(self, *parts: int, implementer: int = 0x41, capacities: tuple[int, ...] = ()) -> None:
        """One core for each of the part numbers."""
        blocks = (CPUINFO.format(number=n, implementer=implementer, part=part) for n, part in enumerate(parts))
        self.write("proc/cpuinfo", "".join(blocks) + "Hardware\t: BCM2835\nModel\t: made\n")
        for number, capacity in enumerate(capacities):
            self.write(f"sys/devices/system/cpu/cpu{number}/cpu_capacity", f"{capacity}\n")


@pytest.fixture
def made_board(tmp_path: Path) -> MadeBoard:
    """An empty board, which nobody looks at unless told to."""
    root = tmp_path / "board"
    root.mkdir()
    return MadeBoard(root)


@pytest.fixture
def on_board(made_board: MadeBoard, monkeypatch: pytest.MonkeyPatch) -> Callable[[], MadeBoard]:
    """``on_board()``: from here on the made board is the one that we run on; so it is for the commands we start."""

    def settle() -> MadeBoard:
        monkeypatch.setenv(ROOT_VARIABLE, str(made_board.root))
        return made_board

    return settle
