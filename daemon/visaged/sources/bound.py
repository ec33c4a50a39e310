"""A process that does not outlive who started it.

Run as ``bound.py PARENT PROGRAM ARGUMENT...`` it binds itself and becomes that program; it imports nothing of visaged,
so that this takes a moment only.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def bind(parent: int) -> None:
    """Be killed by the kernel when the thread of ``parent`` that started this process ends, however it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we could ask
        os._exit(1)


def main() -> None:
    """Become the program that is named; the shell's exit status where it cannot be started."""
    bind(int(sys.argv[1]))
    try:
        os.execv(sys.argv[2], sys.argv[2:])
    except OSError as exc:
        sys.exit(f"{sys.argv[2]} cannot be started: {exc.strerror}")


if __name__ == "__main__":
    main()
