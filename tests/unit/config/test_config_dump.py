"""The configuration in force, shown."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.cli.config import add_parser
from visaged.config import dump, load
from visaged.errors import ConfigError

Written = Callable[[str | bytes], Path]


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    parsed = parser.parse_args(arguments)
    code: int = parsed.func(parsed)
    return code


def test_a_dump_loads_to_the_same_configuration(written: Written) -> None:
    loaded = load(
        written('[mqtt]\nhost = "b"\nusername = "é \\"\\\\"\n[source]\nretry_max_s = 99.5'), ["track.max_faces=2"]
    )
    assert load(written(dump(loaded)), []).config == loaded.config


def test_a_dump_says_where_each_value_came_from(written: Written) -> None:
    file = written("[mqtt]\nhost = 'b'")
    lines = [line.split(" # ") for line in dump(load(file, ["mqtt.port=1"])).splitlines() if " # " in line]
    origins = {line.split(" = ")[0]: origin for line, origin in lines}
    assert (origins["host"], origins["port"], origins["tls"]) == (f"{file}:2", "--set", "default")


def test_a_dump_hides_the_credentials_of_the_source(written: Written) -> None:
    text = dump(load(written(""), ["source.uri=rtsp://me:se@cret@cam/1"]))
    assert 'uri = "rtsp://***@cam/1"' in text
    assert "cret" not in text


def test_a_file_name_with_a_line_break_does_not_break_the_dump(tmp_path: Path, written: Written) -> None:
    odd = tmp_path / "a\nb = 1.toml"
    odd.write_text("[mqtt]\nport = 5", encoding="utf-8")
    assert load(written(dump(load(odd, []))), []).config.mqtt.port == 5


def test_check_tells_of_a_valid_file(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("config", "check", str(written("[mqtt]\nport = 5")), "--set", "mqtt.host=b") == 0
    assert capsys.readouterr().out.startswith("the configuration is valid: 2 of ")


def test_check_of_an_invalid_file_is_a_configuration_error(written: Written) -> None:
    with pytest.raises(ConfigError, match=r"mqtt\.port is 0") as caught:
        run("config", "check", str(written("[mqtt]\nport = 0")))
    assert caught.value.exit_code == 2


def test_dump_prints_toml_only(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("config", "dump", "--config", str(written("[mqtt]\nport = 5"))) == 0
    assert load(written(capsys.readouterr().out), []).config.mqtt.port == 5
