"""What the processes that read cameras and streams have in common: how they are told, how they tell, how they end.

The job comes as one JSON object on standard input (an address may hold a password, which a command line would show to
everybody), pictures go to standard output, and why there are no more of them to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from visaged.printable import printable
from visaged.sources.bound import bind
from visaged.sources.faults import Fault, ReaderError, Trouble
from visaged.sources.packets import Packet
from visaged.urls import redact

_STDOUT, _STDERR = 1, 2


def serve(pictures: Callable[[dict[str, Any]], Iterator[Packet]]) -> None:
    """The life of such a process: what ``pictures(job)`` gives is sent until it ends or nobody listens any more."""
    bind(int(sys.argv[1]))
    out = os.dup(_STDOUT)
    os.dup2(_STDERR, _STDOUT)  # where libraries print what is no picture
    try:
        for packet in pictures(json.load(sys.stdin)):
            _send(out, [memoryview(packet.label.pack()), packet.data])
    except BrokenPipeError:
        os._exit(1)
    except ReaderError as exc:
        sys.stderr.write(last_words(exc.trouble))
        sys.stderr.flush()
    os._exit(1)  # without taking down what may hang


def last_words(trouble: Trouble) -> str:
    """How a reader says why it ends, on a line of its own."""
    return f"\n{trouble.fault}\t{trouble.reason}\n"


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
