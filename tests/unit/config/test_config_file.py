"""The file layer: what is valid, and what is said of what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from visaged.config import Config, layers, load
from visaged.errors import ConfigError

Problems = Callable[..., list[str]]
Written = Callable[[str | bytes], Path]


def test_an_empty_file_is_the_defaults(written: Written) -> None:
    assert load(written(""), []).config == Config()


def test_a_value_of_the_file_wins_over_the_default_and_knows_its_line(written: Written) -> None:
    file = written("# mine\n[mqtt]\n\nport = 1884\n")
    loaded = load(file, [])
    assert (loaded.config.mqtt.port, loaded.origin["mqtt.port"]) == (1884, f"{file}:4")
    assert loaded.origin["mqtt.host"] == "default"


def test_a_whole_number_is_a_fine_number_of_seconds(written: Written) -> None:
    assert load(written("[mqtt]\nbackoff_max_s = 60"), []).config.mqtt.backoff_max_s == 60.0


def test_dotted_keys_inline_tables_and_windows_line_ends_are_toml_too(written: Written) -> None:
    config = load(written(b"\xef\xbb\xbfmqtt = {port = 1, host = 'h'}\r\ntrack.max_faces = 7\r\n"), []).config
    assert (config.mqtt.port, config.mqtt.host, config.track.max_faces) == (1, "h", 7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[mqtt]\nhots = 1", 'a.toml:2: there is no key "mqtt.hots"; did you mean mqtt.host?'),
        ("port = 1", 'a.toml:1: there is no key "port"; did you mean mqtt.port?'),
        ("\n[sorce]\nuri = '0'", 'a.toml:2: there is no key "sorce"; did you mean source?'),
        ("[log]\nxyzzy = 1", 'a.toml:2: there is no key "log.xyzzy"; [log] has level'),
        ("[mqtt]\nport = 0", "a.toml:2: mqtt.port is 0; expected a whole number from 1 to 65535"),
        ("[mqtt]\nport = 1883.0", "a.toml:2: mqtt.port is 1883.0; expected a whole number from 1 to 65535"),
        ("[mqtt]\nport = '1883'", 'a.toml:2: mqtt.port is the text "1883"; expected a whole number from 1 to 65535'),
        ("[track]\nmax_faces = true", "a.toml:2: track.max_faces is true; expected a whole number from 1 to 32"),
        ("[detect]\nthreshold = nan", "a.toml:2: detect.threshold is nan; expected a number from 0 to 1"),
        ("[mqtt]\ntls = 1", "a.toml:2: mqtt.tls is 1; expected true or false"),
        ("[mqtt]\nprotocol = '4'", 'a.toml:2: mqtt.protocol is the text "4"; expected one of "3.1.1", "5", "auto"'),
        ("[track]\nmax_faces = [\n1]", "a.toml:2: track.max_faces is a list; expected a whole number from 1 to 32"),
        ("mqtt = 3", "a.toml:1: mqtt is 3; it is a section with keys of its own, [mqtt]"),
        ("'mqtt.port' = 1", 'a.toml:1: there is no key ""mqtt.port""; did you mean mqtt.port?'),
    ],
)
def test_a_wrong_key_or_value_is_named_with_line_path_and_what_is_expected(
    problems: Problems, text: str, expected: str
) -> None:
    assert problems(text) == [expected]


def test_lines_are_counted_across_multi_line_values(problems: Problems) -> None:
    text = '[mqtt]\nusername = """a\n# [log]\n"""\nclient_id = "#"\nport = 0\n'
    assert [problem.split(" ")[0] for problem in problems(text)] == ["a.toml:2:", "a.toml:6:"]


@pytest.mark.parametrize("topic", ["a/#", "+", "", "/a", "a/", "a//b", "$SYS", "a\\u0000", "a\\n"])
def test_a_topic_root_that_no_broker_takes_is_refused(problems: Problems, topic: str) -> None:
    assert problems(f'[mqtt]\ntopic_root = "{topic}"')[0].startswith("a.toml:2: mqtt.topic_root is the text")


@pytest.mark.parametrize(
    "text",
    [
        f'[source]\nuri = "rtsp://me:secret@cam/{"x" * 1024}"',
        '[mqtt]\nhost = "me:secret@broker"',
        '[mqtt]\ntls_key_file = """-----BEGIN PRIVATE KEY-----\nsecret\n"""',
        '[mqtt]\npassword = "secret"',
        '[mqtt]\nusername = "me\npassword = "secret"',
    ],
)
def test_secrets_are_not_repeated_in_a_message(problems: Problems, text: str) -> None:
    assert "secret" not in "".join(problems(text))


def test_all_problems_are_listed(problems: Problems) -> None:
    assert len(problems("[mqtt]\nport = 0\ntls = 0\n[log]\nlevel = 0\n")) == 3


def test_a_file_full_of_problems_is_cut_short(problems: Problems) -> None:
    listed = problems("".join(f"a{number} = 1\n" for number in range(5000)))
    assert (len(listed), listed[-1]) == (21, "only the first 20 problems are listed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[mqtt]\nport = \n", "a.toml:2:8: this is not valid TOML: invalid value"),
        ("[mqtt", "a.toml:1:6: this is not valid TOML: "),
        ("[log]\nlevel = 'a'\nlevel = 'b'\n", "a.toml:3:12: this is not valid TOML: "),
        (b"a = 1\nb = '\xff'", "a.toml:2: the text is not UTF-8 (byte 0xff); save it as UTF-8"),
        ("a = " + "[" * 100_000, "a.toml: tables or lists are nested too deeply for a configuration"),
        ("a = " + "1" * 5000, "a.toml: a number has too many digits"),
        ("x" * 300_000, "a.toml: more than 256 KiB of text is no configuration"),
        ("a." * 100_000 + "a = 1", "a.toml:1: the line has more than 100 dots, which no configuration needs"),
    ],
)
def test_what_is_no_toml_is_said_with_its_place(problems: Problems, text: str | bytes, expected: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(expected)


def test_a_huge_number_is_out_of_range_and_not_printed(problems: Problems) -> None:
    assert "mqtt.port is a huge number" in problems(f"[mqtt]\nport = 0x{'f' * 9000}")[0]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file or directory"):
        load(tmp_path / "none.toml", [])
    with pytest.raises(ConfigError, match=r": cannot be read: Is a directory"):
        load(tmp_path, [])


def test_without_a_path_the_system_file_is_read_if_it_is_there(
    written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "SYSTEM_FILE", tmp_path / "none.toml")
    assert load(None, []).config == Config()
    monkeypatch.setattr(layers, "SYSTEM_FILE", written("[log]\nlevel = 'debug'"))
    assert load(None, []).config.log.level == "debug"
