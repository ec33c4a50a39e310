"""What all commands have in common: help, wrong usage, configuration, and a standard output that takes no more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from made.mosquitto import Broker
from made.pictures import write_video
from visaged import __version__
from visaged.cli import main

COMMAND = [sys.executable, "-m", "visaged"]


def status_of(*arguments: str) -> int:
    """The exit status, also where argparse itself ends the command."""
    try:
        return main(arguments)
    except SystemExit as exc:
        assert isinstance(exc.code, int)
        return exc.code


HELP = {
    (): ["run", "image", "video", "models", "config", "watch", "--version", "Exit status"],
    ("run",): ["--source", "--pace", "--loop", "--max-frames", "--pack", "--models-dir", "--config", "--set"],
    ("image",): [
        "FILE",
        "-o",
        "--out",
        "--ply",
        "--json",
        "--boxes",
        "--rois",
        "--pack",
        "--models-dir",
        "--config",
        "--set",
    ],
    ("video",): ["FILE", "--jsonl", "--max-frames", "--pack", "--models-dir", "--config", "--set"],
    ("doctor",): ["--source", "--json", "--pack", "--detector", "--models-dir", "--config", "--set"],
    ("tune",): ["--source", "--seconds", "--json", "--pack", "--detector", "--models-dir", "--config", "--set"],
    ("models",): ["--models-dir", "list", "verify", "import", "fetch"],
    ("models", "list"): ["--json"],
    ("models", "verify"): ["NAME", "--json"],
    ("models", "import"): ["DIR", "--allow-unverified", "--regressor"],
    ("models", "fetch"): ["NAME", "--base-url", "--regressor", "--timeout"],
    ("config",): ["check", "dump"],
    ("config", "check"): ["FILE", "--set"],
    ("config", "dump"): ["--config", "--set"],
    ("watch",): ["--host", "--port", "--topic-root", "--device", "--count", "--timeout", "--json", "--tls"],
}


@pytest.mark.parametrize("command", HELP, ids=" ".join)
def test_help_mentions_every_option(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(*command, "--help") == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert [word for word in HELP[command] if word not in out] == []


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("--version") == 0
    assert capsys.readouterr().out == f"visaged {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["polish"],
        ["run", "--polish"],
        ["run", "--max-frames", "0"],
        ["run", "--max-frames", "-3"],
        ["run", "--max-frames", "many"],
        ["run", "--max-frames", "1.5"],
        ["run", "--max-frames", "1" * 5000],
        ["run", "--pace", "slow"],
        ["run", "--instance", "../left"],
        ["run", "--instance", "left"],
        ["run", "--source", ""],
        ["run", "--detector", "haar"],
        ["run", "--config", "/nonexistent"],
        ["run", "--config", "/"],
        ["run", "--set", "mqtt.port"],
        ["run", "--set", "mqtt.prot=1"],
        ["run", "--set", "mqtt.port=0"],
        ["run", "--set", "mqtt.port=many"],
        ["run", "--set", "device.id=a/b"],
        ["run", "--set", "mqtt.tls_ca_file=x"],
        ["run", "--set", "mqtt.password_file=x"],
        ["image"],
        ["image", "--json"],
        ["image", "--json", "a.png", "--boxes", "a", "--rois", "b"],
        ["image", "--json", "a.png", "--set", "x=1"],
        ["image", "a.png", "-o", "3d"],
        ["image", "a.png", "-o", "ply", "--ply", "text", "--out", "x"],
        ["video"],
        ["video", "--jsonl"],
        ["video", "--jsonl", "a.avi", "--max-frames", "0"],
        ["video", "--jsonl", "a.avi", "--config", "/nonexistent"],
        ["models"],
        ["models", "verify", "--polish"],
        ["config"],
        ["config", "check", "/nonexistent"],
        ["config", "check", "/"],
        ["config", "check", "--set", "x=1"],
        ["config", "check", "--set", "source.uri=ftp://cam/1"],
        ["run", "--source", "ftp://me:secret@cam/1"],
        ["config", "dump", "--set", "mqtt.port=x"],
        ["watch", "--port", "many"],
        ["watch", "--port", "0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_sentence_and_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("visaged: ") and err.count("\n") == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[mqtt", b"[mqtt]\nport = 'x'\n", b"[mqtt]\nport = 1\nport = 2\n"])
def test_a_configuration_that_is_not_valid_is_named_with_its_line(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "visaged.toml"
    file.write_bytes(content)
    assert [status_of("config", "check", str(file)), status_of("run", "--config", str(file))] == [2, 2]
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert (out, first) == ("", second)
    assert first.startswith(f"visaged: {file}:")


def test_a_configuration_that_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "visaged.toml"
    file.write_text("[mqtt]\nport = 1884\n")
    assert status_of("config", "check", str(file)) == 0
    assert status_of("config", "dump", "--config", str(file)) == 0
    out, err = capsys.readouterr()
    assert err == "" and "port = 1884" in out


def run_with(redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``visaged ARGUMENTS`` with what a shell makes of standard output; the status is visaged's own."""
    script = f'"$@" {redirection}; exit "${{PIPESTATUS[0]}}"'
    return subprocess.run(
        ["bash", "-c", script, "-", *COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def test_a_reader_that_has_seen_enough_is_no_reason_for_a_traceback(made_pack_dir: Path, tmp_path: Path) -> None:
    film = write_video(tmp_path / "film.avi", 25, [True] * 200)
    models = f"model.models_dir={made_pack_dir}"
    done = run_with("| head -c 10", "video", "--jsonl", str(film), "--pack", "3ddfa_v2", "--set", models)
    assert (done.returncode, len(done.stdout), done.stderr) == (1, 10, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [("config", "dump"), ("--help",)])
def test_a_full_disk_under_standard_output_is_one_sentence_and_1(arguments: tuple[str, ...]) -> None:
    done = run_with(">/dev/full", *arguments)
    assert (done.returncode, done.stderr) == (
        1,
        "visaged: the result cannot be written to standard output: No space left on device\n",
    )


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_without_a_standard_error_the_exit_status_is_the_same(redirection: str) -> None:
    assert run_with(redirection, "config", "check").returncode == 0
    assert run_with(redirection, "config", "check", "--set", "no.such=1").returncode == 2


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_a_daemon_that_nobody_listens_to_runs_and_ends_as_others_do(
    redirection: str, broker: Broker, made_open_dir: Path
) -> None:
    models = ("--models-dir", str(made_open_dir))
    ask = ("run", *models, "--source", "synthetic", "--max-frames", "2", "--set", f"mqtt.port={broker.port}")
    assert run_with(redirection, *ask).returncode == 0


def test_a_closed_standard_output_is_no_reason_for_a_traceback() -> None:
    done = run_with(">&-", "config", "dump")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device", "/var/x"), OSError(5, "I/O error"), KeyError(1)]
)
def test_what_nobody_foresaw_is_one_sentence_and_1_and_a_traceback_on_demand(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("visaged.cli.config.load_config", fail)
    monkeypatch.delenv("VISAGED_DEBUG", raising=False)
    assert status_of("config", "dump") == 1
    plain = capsys.readouterr()
    assert plain.err == f"visaged: ended by {type(error).__name__}: {error}; VISAGED_DEBUG=1 visaged ... shows where\n"

    monkeypatch.setenv("VISAGED_DEBUG", "1")
    assert status_of("config", "dump") == 1
    told = capsys.readouterr()
    assert told.err.startswith("Traceback") and told.err.endswith(plain.err)
    assert plain.out == told.out == ""


def test_a_password_file_that_is_missing_is_one_sentence_and_2(made_pack_dir: Path) -> None:
    sets = (
        f"model.models_dir={made_pack_dir}",
        "model.pack=3ddfa_v2",
        "mqtt.username=a",
        "mqtt.password_file=/nonexistent",
    )
    done = run_with("", "run", *(word for key in sets for word in ("--set", key)))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "visaged: The password file /nonexistent cannot be read: No such file or directory.\n"


def test_a_machine_without_libjpeg_is_told_which_package_it_lacks(tmp_path: Path) -> None:
    for name in ("libjpeg.so.62", "libjpeg.so.8"):
        (tmp_path / name).touch()
    lacking = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path)}
    done = subprocess.run([*COMMAND, "video", "synthetic"], capture_output=True, text=True, check=False, env=lacking)
    assert done.returncode == 1
    assert (
        done.stderr.startswith("visaged: it needs libjpeg-turbo: ") and "apt-get install libjpeg62-turbo" in done.stderr
    )
