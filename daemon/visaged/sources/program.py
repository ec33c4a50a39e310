"""The process that becomes a program which reads a camera: a fork server runs ``python -m`` this module."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from visaged.sources.forking import serve


def become(job: dict[str, Any]) -> None:
    """The program ``command[0]`` with all of ``command`` as its command line; says so where it cannot be started."""
    command = job["command"]
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # which Python ignores
    try:
        os.execv(command[0], command)
    except OSError as exc:
        sys.stderr.write(f"{command[0]} cannot be started: {exc.strerror}")


if __name__ == "__main__":
    serve(become)
