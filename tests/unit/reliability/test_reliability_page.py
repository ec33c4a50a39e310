"""The page that scripts write figures into."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))

import reliability

ROW = {"fault": "A", "seen": ["log: b|c", "d"], "noticed_s": 0.04, "recovered_s": None, "lost": {"frames": 3}}


@pytest.fixture
def page(tmp_path, monkeypatch):
    path = tmp_path / "page.md"
    path.write_text("before\n<!-- faults -->\nold\n<!-- /faults -->\nbetween\n<!-- soak -->\n<!-- /soak -->\nafter\n")
    monkeypatch.setattr(reliability, "PAGE", path)
    return path


def test_a_section_is_replaced_and_the_rest_stays(page):
    reliability.write_section("faults", ["one", "two"])
    text = "before\n<!-- faults -->\none\ntwo\n<!-- /faults -->\nbetween\n<!-- soak -->\n<!-- /soak -->\nafter\n"
    assert page.read_text() == text


def test_a_page_without_the_section_is_left_alone(page):
    with pytest.raises(SystemExit, match="has no section latency"):
        reliability.write_section("latency", ["one"])
    assert "old" in page.read_text()


def test_rows_of_faults_that_were_not_run_stay_where_they_are(page):
    table = reliability.faults_table([ROW | {"fault": "B"}, ROW])
    run = [ROW | {"noticed_s": 7.0}, ROW | {"fault": "C"}]
    slower = table[-1].replace("0.0 s", "7.0 s")
    assert reliability.merged(table, reliability.faults_table(run)) == [
        *table[:-1],
        slower,
        table[-1].replace("A", "C"),
    ]


def test_a_fault_is_one_line_of_the_table():
    assert reliability.faults_table([ROW])[-1] == "| A | log: b/c<br>d | 0.0 s | - | frames: 3 |"
