"""The configuration in force, shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.config import dump, load
from visaged.config.keys import KEYS

Run = Callable[..., int]
Written = Callable[[str | bytes], Path]


def test_a_dump_loads_to_the_same_configuration(written: Written) -> None:
    loaded = load(
        written('[mqtt]\nhost = "b"\nusername = "é \\"\\\\"\n[source]\nretry_max_s = 99.5'), ["track.max_faces=2"]
    )
    assert load(written(dump(loaded)), []).config == loaded.config


def test_a_dump_says_where_each_value_came_from(written: Written) -> None:
    file = written("[mqtt]\nhost = 'b'")
    lines = [line.split(" # ") for line in dump(load(file, ["mqtt.port=1"])).splitlines() if " # " in line]
    origins = {line.split(" = ")[0]: origin for line, origin in lines}
    assert (origins["host"], origins["port"], origins["tls"]) == (f"file {file}:2", "command line --set", "default")


def test_a_dump_hides_the_credentials_of_the_source(written: Written) -> None:
    text = dump(load(written(""), ["source.uri=rtsp://me:se@cret@cam/1"]))
    assert 'uri = "rtsp://***@cam/1"' in text
    assert "cret" not in text


def test_a_file_name_with_a_line_break_does_not_break_the_dump(tmp_path: Path, written: Written) -> None:
    odd = tmp_path / "a\nb = 1.toml"
    odd.write_text("[mqtt]\nport = 5", encoding="utf-8")
    assert load(written(dump(load(odd, []))), []).config.mqtt.port == 5


def test_dump_prints_toml_only(run: Run, written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("dump", "--config", str(written("[mqtt]\nport = 5"))) == 0
    assert load(written(capsys.readouterr().out), []).config.mqtt.port == 5


def test_dump_for_programs_has_value_layer_and_place_of_every_key(
    run: Run, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written("[mqtt]\nport = 5\n[source]\nuri = 'rtsp://me:secret@cam/1'")
    assert run("dump", "--json", "--config", str(file)) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == list(KEYS)
    assert found["mqtt.port"] == {"value": 5, "layer": "file", "where": f"{file}:2"}
    assert found["source.uri"]["value"] == "rtsp://***@cam/1"
