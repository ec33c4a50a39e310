"""The shipped pack reaches what scripts/measures/targets.py asks of it, or no less than its card admits.

(Times are for scripts/accuracy.py alone.)
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.needs_shared

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from measures.targets import TARGETS  # noqa: E402

LINES = {"aflw2000": 3, "blink": 3, "presence": 1, "faces": 1, "no_face": 1, "closed_loop": 3}
"""The measures, and how many lines of the table each fills."""


MISSED = {"blinks, mahie_test_4_low_fps: AUC": 0.77}
"""What version 2 must reach but does not, and what it must not fall back behind: the labels are a frame early, so that
the right answer would reach 0.83."""


@pytest.mark.real_machine
@pytest.mark.parametrize("measure", LINES)
def test_the_open_pack_reaches_what_it_must(shared: Path, measure: str) -> None:
    command = [sys.executable, str(ROOT / "scripts/accuracy.py"), measure, "--eval", str(shared / "eval")]
    command += ["--set", "model.pack=open", "--set", f'model.models_dir="{ROOT / "models"}"']
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=240)
    table = json.loads(result.stdout)["table"]
    assert len(table) == LINES[measure]
    assert [line for line in table if not line["meets_must"] and not keeps(line)] == []


def keeps(line: dict[str, Any]) -> bool:
    """Whether a line of the table that misses what it must reach is as good as it was."""
    target = next(target for target in TARGETS if target.what == line["what"])
    return line["what"] in MISSED and target.met(line["value"], MISSED[line["what"]])
