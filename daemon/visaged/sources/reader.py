"""What the processes that read cameras and streams have in common: how they tell, and how they end.

Pictures go to standard output, and why there are no more of them to standard error. A fork server forks them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NoReturn

from visaged.printable import printable
from visaged.sources import forking
from visaged.sources.faults import Fault, ReaderError, Trouble, last_words
from visaged.sources.packets import Packet
from visaged.urls import redact

_STDOUT, _STDERR = 1, 2

Pictures = Callable[[dict[str, Any]], Iterator[Packet]]


def serve(pictures: Pictures) -> NoReturn:
    """The life of a server of readers, each of which sends what ``pictures(job)`` gives."""
    forking.serve(partial(_read, pictures))


def _read(pictures: Pictures, job: dict[str, Any]) -> None:
    """Until there are no more pictures, or nobody listens any more."""
    out = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)  # where libraries print what is no picture
    try:
        for packet in pictures(job):
            _send(out, [memoryview(packet.label.pack()), packet.data])
    except BrokenPipeError:
        pass
    except ReaderError as exc:
        sys.stderr.write(last_words(exc.trouble))


def understood(name: str, words: str) -> Trouble:
    """What the ``last_words`` of the reader of ``name`` said; that it has died where it had none."""
    lines = words.splitlines()
    for line in reversed(lines):
        fault, tab, reason = line.partition("\t")
        if tab and fault in _FAULTS:
            return Trouble(_FAULTS[fault], reason)
    why = f": {redact(printable(lines[-1]))[:200]}" if lines else ""
    return Trouble("ended", f"what reads {name} has died{why}")


_FAULTS: dict[str, Fault] = {"gone": "gone", "refused": "refused", "unsupported": "unsupported", "ended": "ended"}


def _send(out: int, pieces: list[memoryview]) -> None:
    """At once, so that who waits for them is woken once."""
    while pieces:
        written = os.writev(out, pieces)
        while pieces and written >= len(pieces[0]):
            written -= len(pieces.pop(0))
        if pieces:
            pieces[0] = pieces[0][written:]
