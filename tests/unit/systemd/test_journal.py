"""The log in the forms that a terminal and the journal take."""

import io
import logging
import os
import sys

import pytest

from visaged.systemd.journal import (
    JournalHandler,
    PrefixFormatter,
    fields,
    is_journal,
    priority_prefix,
)


@pytest.fixture
def record():
    def make(level, message, **named):
        made = logging.makeLogRecord({"levelno": level, "msg": message, "name": "visaged.test", "lineno": 7})
        made.__dict__.update(fields(**named))
        return made

    return make


@pytest.fixture
def stream(tmp_path):
    """An open file, and the environment of one whom systemd has connected to the journal by it."""
    with (tmp_path / "err").open("w") as file:
        status = os.fstat(file.fileno())
        yield file, {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}


@pytest.mark.parametrize(("level", "digit"), [(10, 7), (20, 6), (30, 4), (40, 3), (50, 3)])
def test_every_line_carries_its_priority(record, level, digit):
    assert PrefixFormatter().format(record(level, "one\ntwo")) == f"<{digit}>one\n<{digit}>two"


def test_the_journal_is_recognised_by_the_stream_that_systemd_names(stream):
    file, environment = stream
    assert is_journal(file, environment)
    assert priority_prefix(logging.ERROR, file, environment) == "<3>"


def test_a_redirected_stream_is_not_the_journal(stream):
    _, environment = stream
    assert not is_journal(sys.stdin, environment)
    assert not is_journal(io.StringIO(), environment)
    assert priority_prefix(logging.ERROR, io.StringIO(), environment) == ""


def test_without_systemd_there_is_no_journal(stream):
    assert not is_journal(stream[0], {})


def test_fields_go_beside_the_message(record):
    sent = []
    handler = JournalHandler(lambda message, **named: sent.append((message, named)))
    handler.emit(record(logging.WARNING, "No frames: gone.", state="waiting", reason="gone", camera=None))
    ((message, named),) = sent
    assert (message, named["PRIORITY"], named["LOGGER"], named["CODE_LINE"]) == (
        "No frames: gone.",
        "4",
        "visaged.test",
        7,
    )
    assert {name: value for name, value in named.items() if name.startswith("VISAGED_")} == {
        "VISAGED_STATE": "waiting",
        "VISAGED_REASON": "gone",
    }


def test_a_journal_that_is_gone_ends_nothing(record, capsys):
    def gone(*_, **__):
        raise OSError("no journal")

    JournalHandler(gone).emit(record(logging.INFO, "hello"))
    assert "no journal" in capsys.readouterr().err
