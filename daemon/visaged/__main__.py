"""The program, ``visaged`` or ``python -m visaged``: heeds signals at once, for loading takes a small board seconds."""

from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    """Run one command; the exit status.

    A daemon that is told to end before it has begun has done all that is asked of it; and when it has ended it does not
    wait until the interpreter has taken down threads that hang in a driver, and the networks.
    """
    is_daemon = sys.argv[1:2] == ["run"]
    if is_daemon:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: os._exit(0))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the configuration is still to be read
    try:
        from visaged import cli
    except KeyboardInterrupt:
        return 130
    status = cli.main()
    if is_daemon:
        os._exit(status)
    return status


if __name__ == "__main__":
    sys.exit(main())
