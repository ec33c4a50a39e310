"""Writes the table of docs/reliability.md from what the faults showed and cost: ``reliability.py ROWS [--keep]``."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs/reliability.md"


def main() -> None:
    """One row for each line of the file; ``--keep``: rows of other faults stay as they are."""
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    table = faults_table(rows)
    write_section("faults", merged(section("faults"), table) if "--keep" in sys.argv else table)


def merged(old: list[str], new: list[str]) -> list[str]:
    """The table ``old`` with the rows of ``new`` in the place of those of the same faults, others behind them."""
    rows = {_fault(line): line for line in new if line.startswith("|")}
    return [rows.pop(_fault(line), line) for line in old] + list(rows.values())


def faults_table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The lines of the table, and what made it."""
    head = ["| fault | what the operator sees | noticed | recovered | lost |", "|---|---|---|---|---|"]
    told = f"`scripts/reliability` on {machine()['machine']}:"
    return [told, "", *head, *map(_line, rows)]


def machine() -> dict[str, str]:
    """The machine that the figures are from, and how busy it was."""
    names = [line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith(("model name", "Model"))]
    name = names[-1] if names else platform.machine()
    load = f"load {os.getloadavg()[2]:.1f}"
    if os.sched_getscheduler(0) != os.SCHED_OTHER:  # by chrt, which is as good as a machine with nothing else to do
        load += ", ahead of which this ran"
    return {"machine": f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}, {load}"}


def section(name: str) -> list[str]:
    """The lines between the comments ``<!-- NAME -->`` and ``<!-- /NAME -->`` of the page."""
    return PAGE.read_text().partition(f"<!-- {name} -->\n")[2].partition(f"<!-- /{name} -->")[0].splitlines()


def write_section(name: str, lines: Iterable[str]) -> None:
    """Replace what is between the comments ``<!-- NAME -->`` and ``<!-- /NAME -->`` of the page."""
    opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = PAGE.read_text().partition(opening)
    if not found:
        sys.exit(f"{PAGE} has no section {name}; add the comments that enclose it.")
    _, _, after = rest.partition(closing)
    new = PAGE.with_suffix(".new")
    new.write_text(f"{before}{opening}{chr(10).join(lines)}\n{closing}{after}")
    new.replace(PAGE)


def _line(row: dict[str, Any]) -> str:
    lost = ", ".join(f"{what}: {count}" for what, count in row["lost"].items())
    cells = (row["fault"], "<br>".join(row["seen"]), _seconds(row["noticed_s"]), _seconds(row["recovered_s"]), lost)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _fault(line: str) -> str:
    return line.removeprefix("| ").partition(" |")[0]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.exists() else []


if __name__ == "__main__":
    main()
