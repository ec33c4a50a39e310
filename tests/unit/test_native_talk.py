"""What libraries write to standard error by themselves."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import visaged
from visaged.native_talk import kept_off_the_console

LOG = logging.getLogger("test_native_talk")


def test_what_a_library_says_is_logged_for_debugging_only(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), kept_off_the_console(LOG):
        os.write(2, b"Error in cpuinfo\nanother \xff line\n")
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("DEBUG", "Error in cpuinfo"),
        ("DEBUG", "another \N{REPLACEMENT CHARACTER} line"),
    ]
    assert capfd.readouterr().err == ""


def test_standard_error_is_as_before_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    with kept_off_the_console(LOG):
        os.write(2, b"noise")
    os.write(2, b"signal")
    assert capfd.readouterr().err == "signal"


def test_what_was_said_before_a_failure_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError), kept_off_the_console(LOG):
        os.write(2, b"the reason\n")
        raise ImportError
    assert capfd.readouterr().err == "the reason\n"


def test_works_without_standard_error() -> None:
    code = "import visaged.runtime; print(visaged.runtime.onnxruntime.__name__)"
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" 2>&-', sys.executable, code], stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == "onnxruntime\n"


def test_no_library_says_anything_on_the_console() -> None:
    imports = "import cv2, visaged.running.app, visaged.assembly as a, visaged.config as c"
    code = f"{imports}; a.open_vision(c.load(None, []).config)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_onnx_runtime_is_imported_where_it_is_kept_quiet_and_nowhere_else() -> None:
    sources = Path(visaged.__file__).parent.rglob("*.py")
    importing = [path.name for path in sources if re.search(r"(?m)^\s*(import|from) onnxruntime", path.read_text())]
    assert importing == ["runtime.py"]
