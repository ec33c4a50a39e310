"""``visaged config explain`` and ``schema``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.config.keys import KEYS
from visaged.errors import UsageError

Run = Callable[..., int]
Written = Callable[[str | bytes], Path]


def test_a_key_is_explained_in_the_words_of_the_default_file(
    run: Run, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written("mqtt.keepalive_s = 5")
    assert run("explain", "mqtt.keepalive_s", "--config", str(file)) == 0
    assert (
        capsys.readouterr().out
        == f"""\
mqtt.keepalive_s
  Seconds of silence after which the connection is probed, 1 to 65535; after one and a half times as
  many the broker sends the last will of a dead device.

  takes      a whole number from 1 to 65535
  unit       seconds
  default    30
  in force   5 (file {file}:1)
  a change   connects to the broker again
  from afar  yes
"""
    )


@pytest.mark.parametrize("path", KEYS)
def test_every_key_can_be_explained_for_programs(
    run: Run, written: Written, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    assert run("explain", path, "--json", "--config", str(written(""))) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["key"], found["value"], found["layer"]) == (path, KEYS[path].default, "default")
    assert (found["applies"], found["access"]) == (KEYS[path].use.applies, KEYS[path].use.access)


def test_a_section_is_explained_key_by_key(run: Run, written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", "track", "--config", str(written(""))) == 0
    found = [line for line in capsys.readouterr().out.splitlines() if line.startswith("track.")]
    assert found == [path for path in KEYS if path.startswith("track.")]


def test_a_key_is_explained_while_the_configuration_is_not_valid(
    run: Run, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("explain", "mqtt.port", "--config", str(written("mqtt.port = 0"))) == 0
    assert "in force   unknown, as the configuration is not valid" in capsys.readouterr().out


def test_an_unknown_key_is_answered_with_the_nearest(run: Run) -> None:
    with pytest.raises(UsageError, match=r'^there is no key "mqtt\.prot"; did you mean mqtt\.port\?$'):
        run("explain", "mqtt.prot")


def test_credentials_are_not_explained(run: Run, written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--json"]):
        run("explain", "source.uri", "--config", str(written("source.uri = 'rtsp://me:secret@a/'")), *more)
        assert "secret" not in capsys.readouterr().out


def test_schema_prints_the_schema(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out)["properties"]["mqtt"]["properties"]["port"]["maximum"] == 65535
