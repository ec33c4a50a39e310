"""``visaged config check``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.errors import ConfigError

Run = Callable[..., int]
Written = Callable[[str | bytes], Path]


def test_check_tells_of_a_valid_file(run: Run, written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(written("[mqtt]\nport = 5")), "--set", "mqtt.host=b") == 0
    assert capsys.readouterr().out.startswith("the configuration is valid: 2 of ")


def test_check_of_an_invalid_file_is_a_configuration_error(run: Run, written: Written) -> None:
    with pytest.raises(ConfigError, match=r"mqtt\.port is 0") as caught:
        run("check", str(written("[mqtt]\nport = 0")))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[mqtt]\nport = 0", (":2", ["mqtt.port"], "mqtt.port is 0; expected a whole number from 1 to 65535")),
        ("[mqtt]\nport = ", (":2:8", [], "this is not valid TOML: invalid value")),
        (
            "source.uri = 'rtps://me:secret@cam'",
            (
                ":1",
                ["source.uri"],
                "source.uri: cannot read rtps://***@cam; addresses begin with rtsp://, rtsps://, http://, https://, udp://",
            ),
        ),
        (
            "source.uri = 'http://cam'\nsource.gain = 2",
            (
                ":1, FILE:2",
                ["source.uri", "source.gain"],
                "source.uri: http://cam has no exposure to set; remove source.exposure_ms and source.gain",
            ),
        ),
        (
            "mqtt.tls_ca_file = 'a'",
            (
                ":1",
                ["mqtt.tls_ca_file", "mqtt.tls"],
                "mqtt.tls_ca_file is set but mqtt.tls is false; set mqtt.tls = true",
            ),
        ),
    ],
)
def test_check_for_programs_lists_problems_with_place_and_keys(
    run: Run, written: Written, capsys: pytest.CaptureFixture[str], text: str, expected: tuple[str, list[str], str]
) -> None:
    file = written(text)
    assert run("check", "--json", str(file)) == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    where = problem["where"].removeprefix(str(file)).replace(str(file), "FILE")
    assert (where, problem["keys"], problem["message"]) == expected


def test_check_for_programs_says_that_all_is_well(
    run: Run, written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "--json", str(written(""))) == 0
    assert json.loads(capsys.readouterr().out) == {"valid": True, "problems": []}


def test_a_patch_is_checked_before_it_is_sent(run: Run, written: Written, tmp_path: Path) -> None:
    patch = tmp_path / "patch.toml"
    patch.write_text("version = 1\nmqtt.host = 'b'", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"patch\.toml:2: mqtt\.host may not be set from afar"):
        run("check", str(written("")), "--remote", str(patch))


def test_a_patch_that_is_not_there_is_one_sentence(run: Run, written: Written) -> None:
    with pytest.raises(ConfigError, match=r"^none\.toml: cannot be read: No such file or directory$"):
        run("check", str(written("")), "--remote", "none.toml")
