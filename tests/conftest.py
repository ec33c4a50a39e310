"""Fixtures that every test may use."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("VISAGED_SHARED", ROOT.parent / "shared"))

sys.path.insert(0, str(Path(__file__).parent))  # where the folder of made models is found
from made.waiting import PATIENCE  # noqa: E402 - found there

# Tests share their machine: a slow example is no fault. No fixture of ours keeps state.
SUPPRESSED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("visaged", deadline=None, suppress_health_check=SUPPRESSED)
settings.load_profile("visaged")

pytest_plugins = [
    "made.fixtures",
    "made.daemon",
    "made.mosquitto",
    "made.publishing",
    "made.records",
    "made.remote",
    "made.requesting",
    "made.answering",
    "made.board",
    "made.cameras",
    "made.watched",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the faults, which take as long as a person who changes no setting would wait."""
    group = parser.getgroup("faults")
    group.addoption("--faults", action="store_true", help="run the faults, in their long form, and nothing else")
    group.addoption("--rows", metavar="FILE", help="append what each fault showed and cost, one JSON object a line")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not asked for; skip what needs the shared data where there is none."""
    others = [item for item in items if "thorough" in item.keywords]
    if config.getoption("--faults"):
        others = [item for item in items if "faults" not in item.keywords]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]
    if PATIENCE > 1:
        emulated = pytest.mark.skip(
            reason="left to real machines: where they are emulated it differs, hangs or takes hours"
        )
        for item in items:
            if "real_machine" in item.keywords:
                item.add_marker(emulated)
    if (SHARED / "golden").is_dir():
        return
    missing = pytest.mark.skip(reason=f"no shared data at {SHARED}; set VISAGED_SHARED to where it is")
    for item in items:
        if "needs_shared" in item.keywords:
            item.add_marker(missing)


@pytest.fixture(scope="session", autouse=True)
def _commands_hear_signals() -> None:
    """What runs in the background ignores SIGINT, under nohup SIGHUP; commands under test would inherit that."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)  # which nobody inherits


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data beside the checkout; a test that asks for it is marked ``needs_shared``."""
    return SHARED
